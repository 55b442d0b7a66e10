import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import postgres from 'postgres'
import { EntryOutcome } from '../../gen/tms/ticketing/v1/point_of_sale_pb.ts'
import { counterCompany, signedIn } from '../../scripts/pos/company.ts'
import type { ReplayReport } from '../booking/messages.ts'
import { startChild } from '../lib/child.ts'
import { baseUrl, createDatabase, NODE_OPTIONS, openStage, type Stage, urlOf, withSuite } from '../lib/stage.ts'
import { percentile, round } from '../lib/stats.ts'
import { type DeviceJournal, prepareJournals } from './prepare.ts'

const BATCH = 500
/** Of each device, to compile code and open connections: not what a running suite costs. */
const WARM_UP_BATCHES = 1

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
  const opened = await openStage()
  const stage = { ...opened, env: { ...opened.env, ...settings } }
  process.env['TMS_URL'] = baseUrl(stage)
  try {
    return await measure(stage, plan)
  } finally {
    await stage.infra.stop()
    if (!process.env['BENCH_KEEP']) rmSync(join(stage.dir, FILE), { force: true })
  }
}

/** Devices borrow whole buses. */
const settings = {
  TICKETING_LEASE_SEATS: '60',
  BENCH_NODE_OPTIONS: `${NODE_OPTIONS} ${process.env['BENCH_PROFILE'] ?? ''}`,
}
const FILE = 'possync.jsonl'

async function measure(stage: Stage, plan: Plan): Promise<object> {
  const [seeded, recordOn, measureOn, replayOn] = ['seeded', 'recorded', 'measured', 'replayed']
  await createDatabase(stage, seeded)
  const journals = await withSuite(stage, seeded, {}, () =>
    prepareJournals(plan.devices, (plan.batches + WARM_UP_BATCHES) * BATCH - 1),
  )
  for (const copy of [recordOn, measureOn, replayOn]) await createDatabase(stage, copy, seeded)

  const file = join(stage.dir, FILE)
  const recorded = await withSuite(stage, recordOn, { BENCH_RECORD: file }, async (suite) => {
    await suite.ask({ record: true })
    const sent = await send(journals, 0)
    await posted(stage, recordOn)
    await suite.ask({ record: false, save: true })
    return sent
  })
  const { sent, drainMs, rss } = await withSuite(stage, measureOn, {}, async (suite) => {
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
  })
  const bare = await startChild(new URL('../booking/bare.ts', import.meta.url), {})
  const replayed = await bare.ask<ReplayReport>({ databaseUrl: urlOf(stage, replayOn), file })
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
  const sql = postgres(urlOf(stage, database), { max: 1, onnotice: () => {} })
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
