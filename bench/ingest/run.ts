import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { Redis } from 'ioredis'
import postgres from 'postgres'
import { freePort, startInfra } from '../../deploy/local/index.ts'
import { type Child, startChild } from '../lib/child.ts'
import { round } from '../lib/stats.ts'
import {
  busOf,
  deviceKeyOf,
  type Loaded,
  type LoadOrder,
  type Plan,
  secretOf,
  tenantOf,
  type Usage,
  type UsageOrder,
} from './plan.ts'

type Infra = Awaited<ReturnType<typeof startInfra>>
/** How long, and whether it is to be told which step of the path takes what: that slows it down by a tenth. */
type How = { readonly seconds: number; readonly steps: boolean }
type Measured = Pick<Loaded, 'rejected' | 'errors'> & {
  readonly perSecond: number
  readonly receivedPerSecond: number
  /** Processor time of the server, and of the phones, for each position. */
  readonly cpuUs: number
  readonly loadCpuUs: number
  readonly rss: number
  readonly steps: Usage['steps']
}

/** What is compiled and connected by then is not what a running suite costs. */
const WARM_UP_SECONDS = 3

/**
 * Positions per second from many streams onto disk, to Redis and to a subscriber of the fleets; beside it a bare loop that
 * decodes the same streams and sends the same batches to Redis, and does nothing else. All of it shares this machine's cores.
 */
export async function run(args: readonly string[]): Promise<object> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '15' },
      streams: { type: 'string', default: '2000' },
      'per-message': { type: 'string', default: '1' },
      steps: { type: 'boolean', default: false },
    },
  })
  const plan = {
    streams: Number(values.streams),
    perMessage: Number(values['per-message']),
  }
  const { steps } = values
  const seconds = Number(values.seconds)
  const dir = resolve('.tms/bench-ingest')
  mkdirSync(dir, { recursive: true })
  const infra = await startInfra({ dir, fresh: true, env: { PATH: process.env['PATH'] } })
  try {
    const ours = await measureSuite(infra, dir, plan, { seconds, steps })
    const bare = await measureBare(infra, plan, { seconds, steps: false })
    return summary(plan, ours, bare)
  } finally {
    await infra.stop()
  }
}

function summary(plan: Omit<Plan, 'port'>, ours: Measured & { readonly rows: number }, bare: Measured): object {
  for (const error of [...ours.errors, ...bare.errors]) console.error(`error: ${error}`)
  return {
    bench: 'ingest',
    positions_per_s: round(ours.perSecond, 0),
    received_per_s: round(ours.receivedPerSecond, 0),
    bare_positions_per_s: round(bare.perSecond, 0),
    ratio: round(ours.perSecond / bare.perSecond, 3),
    streams: plan.streams,
    positions_per_message: plan.perMessage,
    rows_in_history: ours.rows,
    rejected: ours.rejected,
    rss_mb: round(ours.rss / 1_048_576, 0),
    cpu_us_per_position: round(ours.cpuUs),
    bare_cpu_us_per_position: round(bare.cpuUs),
    load_cpu_us_per_position: round(ours.loadCpuUs),
    ...(ours.steps ? { cpu_us_by_step: byStep(ours.steps, ours.cpuUs) } : {}),
    errors: ours.errors.length + bare.errors.length,
  }
}

/** Processor time of each step for one position. */
function byStep(steps: NonNullable<Usage['steps']>, cpuUs: number): Record<string, number> {
  const sorted = Object.entries(steps).toSorted(([, a], [, b]) => b - a)
  return Object.fromEntries(sorted.map(([step, share]) => [step, round(share * cpuUs)]))
}

async function measureSuite(infra: Infra, dir: string, plan: Omit<Plan, 'port'>, how: How) {
  const port = await freePort()
  const env = {
    TMS_DIR: join(dir, 'suite'),
    SERVICE_KEYS_DIR: join(dir, 'keys'),
    DATABASE_URL: infra.databaseUrl,
    REDIS_URL: infra.redisUrl,
    NATS_URL: infra.natsUrl,
    INNER_PORT: String(port),
    TRACKING_LIVE_PORT: '0',
    BENCH_NODE_OPTIONS: `--max-semi-space-size=64 ${process.env['BENCH_PROFILE'] ?? ''}`,
  }
  const suite = await startChild(new URL('./suite.ts', import.meta.url), env)
  const sql = postgres(infra.databaseUrl, { max: 1, onnotice: () => {}, connection: { search_path: 'tracking' } })
  try {
    await makeDevices(sql, plan.streams)
    const measured = await measure(infra, suite, '', { ...plan, port }, how)
    const [{ rows } = { rows: 0 }] = await sql<{ rows: number }[]>`select count(*)::int as rows from position`
    return { ...measured, rows }
  } finally {
    await sql.end()
    await suite.stop()
  }
}

async function measureBare(infra: Infra, plan: Omit<Plan, 'port'>, how: How): Promise<Measured> {
  const port = await freePort()
  const bare = await startChild(new URL('./bare.ts', import.meta.url), {
    REDIS_URL: infra.redisUrl,
    BARE_PORT: String(port),
    BENCH_NODE_OPTIONS: '--max-semi-space-size=64',
  })
  try {
    return await measure(infra, bare, 'bare:', { ...plan, port }, how)
  } finally {
    await bare.stop()
  }
}

async function measure(infra: Infra, server: Child, prefix: string, plan: Plan, how: How): Promise<Measured> {
  const { seconds, steps: profile } = how
  const listener = new Redis(infra.redisUrl)
  let bytes = 0
  let firstLength = 0
  listener.on('pmessageBuffer', (_pattern: Buffer, _channel: Buffer, batch: Buffer) => {
    firstLength ||= lengthOfFirst(batch)
    bytes += batch.length
  })
  await listener.psubscribe(`${prefix}track:company:*`)
  const load = await startChild(new URL('./load.ts', import.meta.url), {})
  const ask = (order: LoadOrder) => load.ask<Loaded>(order)
  try {
    await ask({ plan, seconds: WARM_UP_SECONDS })
    const [cpuBefore, before, begun, bytesBefore] = [
      await server.ask<Usage>({ profile } satisfies UsageOrder),
      await ask({}),
      performance.now(),
      bytes,
    ]
    const after = await ask({ seconds })
    const ms = performance.now() - begun
    const { cpuMs, rss, steps } = await server.ask<Usage>({})
    const acked = Math.max(1, after.acked - before.acked)
    return {
      perSecond: (acked / ms) * 1_000,
      receivedPerSecond: ((bytes - bytesBefore) / firstLength / ms) * 1_000,
      cpuUs: ((cpuMs - cpuBefore.cpuMs) / acked) * 1_000,
      loadCpuUs: ((after.cpuMs - before.cpuMs) / acked) * 1_000,
      rss,
      steps,
      rejected: after.rejected,
      errors: after.errors,
    }
  } finally {
    await load.stop()
    listener.disconnect()
  }
}

/** Bytes of the first update of a batch with its head; the others are as long, but for a byte. */
function lengthOfFirst(batch: Buffer): number {
  const low = batch[1] ?? 0
  return low < 0x80 ? 2 + low : 3 + (low & 0x7f) + ((batch[2] ?? 0) << 7)
}

/** Gives every stream a device key. */
export async function makeDevices(sql: postgres.Sql, streams: number): Promise<void> {
  const rows = Array.from({ length: streams }, (_, stream) => ({
    device_key_id: deviceKeyOf(stream),
    tenant_id: tenantOf(stream),
    bus_id: busOf(stream),
    bus_plate: 'RAC123A',
    name: 'bench',
    secret_hash: createHash('sha256').update(secretOf(stream)).digest(),
    create_time: new Date(),
  }))
  for (let from = 0; from < rows.length; from += 500)
    await sql`insert into device_key ${sql(rows.slice(from, from + 500))}`
}
