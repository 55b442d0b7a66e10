import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startInfra } from '../../../deploy/local/index.ts'

declare module 'vitest' {
  /** Where the servers of this test run answer; read with `inject('DATABASE_URL')`. */
  export interface ProvidedContext {
    DATABASE_URL: string
    REDIS_URL: string
    NATS_URL: string
  }
}

/**
 * Starts one PostgreSQL, Redis and NATS for the whole test run.
 *
 * Addresses in the environment are not taken: they may be those of a suite with data worth keeping.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = mkdtempSync(join(tmpdir(), 'tms-test-'))
  const removeDir = (): void => rmSync(dir, { recursive: true, force: true, maxRetries: 3 })
  chmodSync(dir, 0o755) // PostgreSQL may run as another user
  const { PATH, REDIS_SERVER, NATS_SERVER } = process.env
  try {
    const infra = await startInfra({ dir, test: true, env: { PATH, REDIS_SERVER, NATS_SERVER } })
    project.provide('DATABASE_URL', infra.databaseUrl)
    project.provide('REDIS_URL', infra.redisUrl)
    project.provide('NATS_URL', infra.natsUrl)
    return () => infra.stop().finally(removeDir)
  } catch (err) {
    removeDir()
    throw err
  }
}
