import { chmodSync, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs'
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
  const room = quickest()
  removeLeftovers(room)
  const dir = mkdtempSync(join(room, `tms-test-${process.pid}-`))
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

/** Memory that looks like a disk. */
const SHARED_MEMORY = '/dev/shm'
/** Databases of the tests that run at one time, and what the servers write beside them, many times over. */
const ROOM_BYTES = 3 * 1024 ** 3

/**
 * Where files cost least. Every test copies a database and drops it: in memory that takes a tenth of the time that it takes
 * on a disk, even where nothing waits for the disk.
 */
function quickest(): string {
  try {
    const { bavail, bsize } = statfsSync(SHARED_MEMORY)
    return bavail * bsize > ROOM_BYTES ? SHARED_MEMORY : tmpdir()
  } catch {
    return tmpdir() // not every system has it
  }
}

/** What a killed run left behind would stay in memory until the machine restarts. */
function removeLeftovers(room: string): void {
  for (const name of readdirSync(room)) {
    const pid = /^tms-test-(\d+)-/.exec(name)?.[1]
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(room, name), { recursive: true, force: true })
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (err) {
    return (err as NodeJS.ErrnoException).code === 'EPERM'
  }
}
