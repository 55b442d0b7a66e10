import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Redis } from 'ioredis'
import postgres from 'postgres'
import { freePort, startInfra } from '../../deploy/local/index.ts'
import { type Child, startChild } from './child.ts'

/** As `npm start` runs the suite: a larger nursery spares the collector a tenth of the work. */
export const NODE_OPTIONS = '--max-semi-space-size=64'

/** Servers of a benchmark of the whole suite, and the settings that point everybody at them. */
export type Stage = { readonly dir: string; readonly infra: Infra; readonly env: Record<string, string> }
type Infra = Awaited<ReturnType<typeof startInfra>>

/** Starts empty servers with their data below `.tms/bench`; whoever asks for them stops `infra`. */
export async function openStage(): Promise<Stage> {
  const dir = resolve('.tms/bench')
  mkdirSync(dir, { recursive: true })
  const infra = await startInfra({ dir, fresh: true, env: { PATH: process.env['PATH'] } })
  return { dir, infra, env: await environment(infra, dir) }
}

async function environment(infra: Infra, dir: string): Promise<Record<string, string>> {
  const [gateway, sandbox, smtp] = await Promise.all([freePort(), freePort(), freePort()])
  return {
    TMS_DIR: join(dir, 'suite'),
    SERVICE_KEYS_DIR: join(dir, 'keys'),
    DATABASE_URL: infra.databaseUrl,
    REDIS_URL: infra.redisUrl,
    NATS_URL: infra.natsUrl,
    GATEWAY_PORT: String(gateway),
    GATEWAY_RATE_LIMITS: 'false',
    // No portal is built beside what is measured.
    GATEWAY_WEB_DIR: '',
    TRACKING_LIVE_PORT: '0',
    SANDBOX_PORT: String(sandbox),
    SANDBOX_SMTP_PORT: String(smtp),
    MPESA_CALLBACK_BASE_URL: `http://127.0.0.1:${gateway}`,
    MPESA_BASE_URL: `http://127.0.0.1:${sandbox}/daraja`,
    MTN_BASE_URL: `http://127.0.0.1:${sandbox}/momo`,
    AIRTEL_BASE_URL: `http://127.0.0.1:${sandbox}/airtel`,
    AT_BASE_URL: `http://127.0.0.1:${sandbox}/africastalking`,
    SMTP_URL: `smtp://127.0.0.1:${smtp}`,
  }
}

/** Runs `work` while the suite runs on a database. */
export async function withSuite<T>(
  stage: Stage,
  database: string,
  env: Record<string, string>,
  work: (suite: Child) => Promise<T>,
): Promise<T> {
  // Seats that were held on another copy are not held on this one.
  await emptyRedis(stage)
  const databaseEnv = { DATABASE_URL: urlOf(stage, database) }
  const suite = await startChild(new URL('../booking/suite.ts', import.meta.url), {
    ...stage.env,
    ...databaseEnv,
    ...env,
  })
  try {
    return await work(suite)
  } finally {
    await suite.stop()
  }
}

/** Where the gateway answers. */
export function baseUrl(stage: Stage): string {
  return `http://127.0.0.1:${stage.env['GATEWAY_PORT']}`
}

/** The address of one of its databases. */
export function urlOf({ infra }: Stage, database: string): string {
  const url = new URL(infra.databaseUrl)
  url.pathname = `/${database}`
  return url.toString()
}

/** Makes a database, empty or as a copy of another that nobody uses meanwhile. */
export async function createDatabase({ infra }: Stage, name: string, template?: string): Promise<void> {
  const sql = postgres(infra.databaseUrl, { max: 1, onnotice: () => {} })
  await sql.unsafe(`create database ${name}${template === undefined ? '' : ` template ${template}`}`)
  await sql.end()
}

/** Forgets everything that Redis keeps. */
export async function emptyRedis({ infra }: Stage): Promise<void> {
  const redis = new Redis(infra.redisUrl)
  await redis.flushall()
  redis.disconnect()
}
