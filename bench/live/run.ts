import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import postgres from 'postgres'
import { freePort, startInfra } from '../../deploy/local/index.ts'
import { makeDevices } from '../ingest/run.ts'
import { type Child, startChild } from '../lib/child.ts'
import { round } from '../lib/stats.ts'
import type { MapsSaw, PhonesDone, PhonesOrder } from './messages.ts'

type Infra = Awaited<ReturnType<typeof startInfra>>
type Plan = Omit<PhonesOrder, 'port'>
type Measured = MapsSaw & Pick<PhonesDone, 'sent' | 'rejected' | 'errors'>

/** What is compiled and connected by then is not what a running suite costs. */
const WARM_UP_SECONDS = 3

/**
 * The time from a phone's measurement to a decoded position on a dispatcher's map: by stream, ingest, Redis, another
 * process's tracking node and its socket. Beside it the bare path: the same without judging, keeping, signing in.
 */
export async function run(args: readonly string[]): Promise<object> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '10' },
      streams: { type: 'string', default: '2000' },
      'per-second': { type: 'string', default: '2000' },
    },
  })
  const plan = {
    seconds: Number(values.seconds),
    streams: Number(values.streams),
    perSecond: Number(values['per-second']),
  }
  const dir = resolve('.tms/bench-live')
  mkdirSync(dir, { recursive: true })
  const infra = await startInfra({ dir, fresh: true, env: { PATH: process.env['PATH'] } })
  try {
    const ours = await measureSuite(infra, dir, plan)
    return summary(plan, ours, await measureBare(infra, plan))
  } finally {
    await infra.stop()
  }
}

function summary(plan: Plan, ours: Measured, bare: Measured): object {
  for (const error of [...ours.errors, ...bare.errors]) console.error(`error: ${error}`)
  return {
    bench: 'live',
    p99_ms: ours.p99,
    p50_ms: ours.p50,
    max_ms: ours.max,
    bare_p99_ms: bare.p99,
    bare_p50_ms: bare.p50,
    ratio_p50: round(bare.p50 / ours.p50, 3),
    positions_per_s: plan.perSecond,
    streams: plan.streams,
    sent: ours.sent,
    received: ours.received,
    rejected: ours.rejected,
    seconds: plan.seconds,
    errors: ours.errors.length + bare.errors.length,
  }
}

async function measureSuite(infra: Infra, dir: string, plan: Plan): Promise<Measured> {
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
  const suite = await startChild(new URL('../ingest/suite.ts', import.meta.url), env)
  const sql = postgres(infra.databaseUrl, { max: 1, onnotice: () => {}, connection: { search_path: 'tracking' } })
  try {
    await makeDevices(sql, plan.streams)
    return await measure(new URL('../fanout/node.ts', import.meta.url), infra, { ...plan, port })
  } finally {
    await sql.end()
    await suite.stop()
  }
}

async function measureBare(infra: Infra, plan: Plan): Promise<Measured> {
  const port = await freePort()
  const env = { REDIS_URL: infra.redisUrl, BARE_PORT: String(port), BENCH_NODE_OPTIONS: '--max-semi-space-size=64' }
  const bare = await startChild(new URL('../ingest/bare.ts', import.meta.url), env)
  try {
    return await measure(new URL('./bare_node.ts', import.meta.url), infra, { ...plan, port })
  } finally {
    await bare.stop()
  }
}

async function measure(nodeModule: URL, { redisUrl }: Infra, order: PhonesOrder): Promise<Measured> {
  const node = await startChild(nodeModule, { REDIS_URL: redisUrl })
  const maps = await startChild(new URL('./maps.ts', import.meta.url), {})
  const phones = await startChild(new URL('./phones.ts', import.meta.url), {})
  try {
    await maps.ask<MapsSaw>({ open: await node.ask<{ port: number; token: string }>({}) })
    const warm = await phones.ask<PhonesDone>({ ...order, seconds: WARM_UP_SECONDS })
    // What is still on its way would be told by its age among what is measured.
    await allSeen(maps, warm.sent)
    await maps.ask<MapsSaw>({ forget: true })
    const { sent, rejected, errors } = await phones.ask<PhonesDone>(order)
    return { ...(await allSeen(maps, sent)), sent, rejected, errors }
  } finally {
    for (const child of [phones, maps, node]) await child.stop()
  }
}

/** Waits for those that are on their way; what has not come after two quiet seconds never will. */
async function allSeen(maps: Child, sent: number): Promise<MapsSaw> {
  for (let saw = await maps.ask<MapsSaw>({}), quiet = 0; ;) {
    if (saw.received >= sent || quiet === 20) return saw
    await new Promise((done) => setTimeout(done, 100))
    const next = await maps.ask<MapsSaw>({})
    quiet = next.received > saw.received ? 0 : quiet + 1
    saw = next
  }
}
