import { mkdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Redis } from 'ioredis'
import postgres from 'postgres'
import { EntryOutcome } from '../../gen/tms/ticketing/v1/point_of_sale_pb.ts'
import { freePort, startInfra } from '../../deploy/local/index.ts'
import { counterCompany, signedIn } from '../../scripts/pos/company.ts'
import type { ReplayReport } from '../booking/messages.ts'
import { type Child, startChild } from '../lib/child.ts'
import { percentile, round } from '../lib/stats.ts'
import { type DeviceJournal, prepareJournals } from './prepare.ts'

const BATCH = 500
/** Of each device, to compile code and open connections: not what a running suite costs. */
const WARM_UP_BATCHES = 1
const NODE_OPTIONS = '--max-semi-space-size=64'

type Plan = { readonly devices: number; readonly batches: number }
type Sent = { readonly sales: number; readonly ms: number; readonly batchMs: number[]; readonly errors: number }

/**
 * Sales per second that devices bring in batches of 500 through the gateway, each device one batch after the other; beside
 * them a bare loop that sends the same statements over as many connections without the suite. The money of all of it is
 * posted meanwhile, and what is left to post at the end is told.
 */
export async function run(args: readonly string[]): Promise<object> {
  const { values } = parseArgs({
    args: [...args],
    options: { devices: { type: 'string', default: '3' }, batches: { type: 'string', default: '2' } },
  })
  const plan = { devices: Number(values.devices), batches: Number(values.batches) }
  const dir = resolve('.tms/bench')
  mkdirSync(dir, { recursive: true })
  const infra = await startInfra({ dir, fresh: true, env: { PATH: process.env['PATH'] } })
  const stage = { dir, infra, env: await environment(infra, dir) }
  process.env['TMS_URL'] = `http://127.0.0.1:${stage.env['GATEWAY_PORT']}`
  try {
    return await measure(stage, plan)
  } finally {
    await infra.stop()
    rmSync(join(dir, 'possync.jsonl'), { force: true })
  }
}

type Infra = Awaited<ReturnType<typeof startInfra>>
type Stage = { readonly dir: string; readonly infra: Infra; readonly env: Record<string, string> }

async function environment(infra: Infra, dir: string): Promise<Record<string, string>> {
  return {
    TMS_DIR: join(dir, 'suite'),
    SERVICE_KEYS_DIR: join(dir, 'keys'),
    DATABASE_URL: infra.databaseUrl,
    REDIS_URL: infra.redisUrl,
    NATS_URL: infra.natsUrl,
    GATEWAY_PORT: String(await freePort()),
    GATEWAY_RATE_LIMITS: 'false',
    TRACKING_LIVE_PORT: '0',
    TICKETING_LEASE_SEATS: '60',
  }
}

async function measure(stage: Stage, plan: Plan): Promise<object> {
  const [seeded, recordOn, measureOn, replayOn] = ['seeded', 'recorded', 'measured', 'replayed']
  await createDatabase(stage.infra, seeded)
  const journals = await withSuite(stage, seeded, {}, () =>
    prepareJournals(plan.devices, (plan.batches + WARM_UP_BATCHES) * BATCH - 1),
  )
  for (const copy of [recordOn, measureOn, replayOn]) await createDatabase(stage.infra, copy, seeded)

  const file = join(stage.dir, 'possync.jsonl')
  const recorded = await withSuite(stage, recordOn, { BENCH_RECORD: file }, async (suite) => {
    await suite.ask({ record: true })
    const sent = await send(journals, 0)
    await posted(stage, recordOn)
    await suite.ask({ record: false, save: true })
    return sent
  })
  const { sent, drainMs, rss } = await withSuite(
    stage,
    measureOn,
    { BENCH_NODE_OPTIONS: NODE_OPTIONS },
    async (suite) => {
      await send(
        journals.map(({ deviceId, entries }) => ({ deviceId, entries: entries.slice(0, BATCH) })),
        0,
      )
      await posted(stage, measureOn)
      const measured = await send(journals, WARM_UP_BATCHES * BATCH)
      const began = performance.now()
      await posted(stage, measureOn)
      const after = await suite.ask<{ rss: number }>({})
      return { sent: measured, drainMs: performance.now() - began, rss: after.rss }
    },
  )
  const bare = await startChild(new URL('../booking/bare.ts', import.meta.url), {})
  const replayed = await bare.ask<ReplayReport>({ databaseUrl: urlOf(stage.infra, replayOn), file })
  await bare.stop()
  return summary(sent, drainMs, rss, recorded, replayed)
}

function summary(sent: Sent, drainMs: number, rss: number, recorded: Sent, bare: ReplayReport): object {
  const sales = (sent.sales / sent.ms) * 1_000
  const bareSales = (recorded.sales / bare.ms) * 1_000
  const sorted = sent.batchMs.toSorted((a, b) => a - b)
  return {
    bench: 'possync',
    sales_per_s: round(sales),
    batch_p50_ms: round(percentile(sorted, 0.5)),
    batch_p99_ms: round(percentile(sorted, 0.99)),
    bare_sales_per_s: round(bareSales),
    ratio: round(sales / bareSales, 3),
    rss_mb: round(rss / 1_048_576, 0),
    errors: sent.errors + recorded.errors,
    sales: sent.sales,
    posting_left_ms: round(drainMs, 0),
    bare_connections: bare.connections,
    bare_errors: bare.errors,
  }
}

/** Sends every journal from an entry on, each device one batch after the other, all devices side by side. */
async function send(journals: readonly DeviceJournal[], from: number): Promise<Sent> {
  const agent = await signedIn(counterCompany(''), 'agent')
  const batchMs: number[] = []
  let [sales, errors] = [0, 0]
  const started = performance.now()
  const device = async ({ deviceId, entries }: DeviceJournal) => {
    for (let at = from; at < entries.length; at += BATCH) {
      const batch = entries.slice(at, at + BATCH).map(({ body, signature }) => ({ body, signature }))
      const began = performance.now()
      const { results } = await agent.pointOfSale.syncSales({ deviceId, entries: batch })
      batchMs.push(performance.now() - began)
      sales += results.filter(({ outcome }) => outcome === EntryOutcome.SOLD).length
      errors += results.filter(({ outcome }) => outcome > EntryOutcome.SOLD).length
    }
  }
  try {
    await Promise.all(journals.map(device))
    return { sales, ms: performance.now() - started, batchMs, errors }
  } finally {
    agent.close()
  }
}

/** Waits until the books have the money of every batch. */
async function posted(stage: Stage, database: string): Promise<void> {
  const sql = postgres(urlOf(stage.infra, database), { max: 1, onnotice: () => {} })
  try {
    for (;;) {
      const [row] = await sql<{ waiting: number }[]>`
        select count(*)::int as waiting from ticketing.pos_posting where post_time is null`
      if (row?.waiting === 0) return
      await sleep(50)
    }
  } finally {
    await sql.end()
  }
}

/** Runs `work` while the suite runs on a database. */
async function withSuite<T>(
  stage: Stage,
  database: string,
  env: Record<string, string>,
  work: (suite: Child) => Promise<T>,
): Promise<T> {
  const redis = new Redis(stage.infra.redisUrl)
  await redis.flushall()
  redis.disconnect()
  const databaseEnv = { DATABASE_URL: urlOf(stage.infra, database) }
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

function urlOf(infra: Infra, database: string): string {
  const url = new URL(infra.databaseUrl)
  url.pathname = `/${database}`
  return url.toString()
}

async function createDatabase(infra: Infra, name: string, template?: string): Promise<void> {
  const sql = postgres(infra.databaseUrl, { max: 1, onnotice: () => {} })
  await sql.unsafe(`create database ${name}${template === undefined ? '' : ` template ${template}`}`)
  await sql.end()
}
