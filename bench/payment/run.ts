import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { findJobs } from '../booking/jobs.ts'
import type { ReplayReport } from '../booking/messages.ts'
import { type Child, startChild } from '../lib/child.ts'
import type { Provided } from '../lib/outside.ts'
import { baseUrl, createDatabase, NODE_OPTIONS, openStage, type Stage, urlOf, withSuite } from '../lib/stage.ts'
import { percentile, round } from '../lib/stats.ts'
import type { Flow, Held, Order, Paid } from './messages.ts'

/** Orders that are paid before anything is measured: the first calls compile code and open connections. */
const WARM_UP_FLOWS = 300

type Plan = { readonly flows: number; readonly concurrency: number; readonly seconds: number }

/**
 * From "pay" to the signed ticket, so many passengers at a time, with a provider whose payers approve at once; split into
 * what is ours and what is the provider's. Beside it a bare loop that sends the same statements over as many
 * connections. Seats are held beforehand: holding is no part of it.
 */
export async function run(args: readonly string[]): Promise<object> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      flows: { type: 'string', default: '1500' },
      concurrency: { type: 'string', default: '50' },
      seconds: { type: 'string', default: '60' },
    },
  })
  const plan = {
    flows: Number(values.flows),
    concurrency: Number(values.concurrency),
    seconds: Number(values.seconds),
  }
  const stage = await openStage()
  const outside = await startChild(new URL('../lib/outside.ts', import.meta.url), stage.env)
  const load = await startChild(new URL('./load.ts', import.meta.url), {})
  try {
    return await measure({ stage, outside, load }, plan)
  } finally {
    await Promise.all([outside.stop(), load.stop()])
    await stage.infra.stop()
    rmSync(join(stage.dir, 'statements.jsonl'), { force: true })
  }
}

type Cast = { readonly stage: Stage; readonly outside: Child; readonly load: Child }

/** Holds seats on one database; records on a copy of it, measures on another, replays the recording on a third. */
async function measure(cast: Cast, plan: Plan): Promise<object> {
  const { stage } = cast
  const [seeded, recordOn, measureOn, replayOn] = ['seeded', 'recorded', 'measured', 'replayed']
  await createDatabase(stage, seeded)
  const { orders } = await withSuite(stage, seeded, {}, () => holdSeats(cast, plan))
  for (const copy of [recordOn, measureOn, replayOn]) await createDatabase(stage, copy, seeded)

  const file = join(stage.dir, 'statements.jsonl')
  const recorded = await withSuite(stage, recordOn, { BENCH_RECORD: file }, async (suite) => {
    await suite.ask({ record: true })
    const paid = await pay(cast, plan, orders.slice(0, WARM_UP_FLOWS))
    await suite.ask({ record: false, save: true })
    return paid
  })
  const measured = await withSuite(stage, measureOn, { BENCH_NODE_OPTIONS: NODE_OPTIONS }, async (suite) => {
    await pay(cast, plan, orders.slice(0, WARM_UP_FLOWS))
    const paid = await pay(cast, plan, orders.slice(WARM_UP_FLOWS))
    return { paid, rss: (await suite.ask<{ rss: number }>({})).rss }
  })
  const phones = measured.paid.flows.map(({ phone }) => phone)
  const provided = await cast.outside.ask<Provided>({ phones })
  const bare = await startChild(new URL('../booking/bare.ts', import.meta.url), {})
  const replayed = await bare.ask<ReplayReport>({ databaseUrl: urlOf(stage, replayOn), file })
  await bare.stop()
  return summary({ ...measured, provided, replayed, recordedFlows: recorded.flows.length })
}

async function holdSeats({ stage, load }: Cast, { flows, concurrency }: Plan): Promise<Held> {
  const jobs = await findJobs(baseUrl(stage))
  const hold = jobs.slice(0, flows + WARM_UP_FLOWS)
  return load.ask<Held>({ hold, baseUrl: baseUrl(stage), passengers: concurrency })
}

function pay({ stage, load }: Cast, { concurrency, seconds }: Plan, orders: readonly Order[]): Promise<Paid> {
  const natsUrl = stage.infra.natsUrl
  return load.ask<Paid>({ pay: orders, baseUrl: baseUrl(stage), natsUrl, passengers: concurrency, seconds })
}

type Measured = {
  readonly paid: Paid
  readonly provided: Provided
  readonly rss: number
  readonly replayed: ReplayReport
  readonly recordedFlows: number
}

function summary({ paid, provided, rss, replayed, recordedFlows }: Measured): object {
  const parts = paid.flows.flatMap((flow) => partsOf(flow, provided))
  for (const error of new Set(paid.errors)) console.error(`error: ${error}`)
  const of = (part: keyof Parts, share: number) => {
    const sorted = parts.map((one) => one[part]).toSorted((a, b) => a - b)
    return round(percentile(sorted, share))
  }
  const flowsPerSecond = (paid.flows.length / paid.ms) * 1_000
  const bareFlowsPerSecond = (recordedFlows / replayed.ms) * 1_000
  return {
    bench: 'payment',
    flows_per_s: round(flowsPerSecond),
    own_p50_ms: of('own', 0.5),
    own_p95_ms: of('own', 0.95),
    initiate_p50_ms: of('initiate', 0.5),
    initiate_p95_ms: of('initiate', 0.95),
    provider_p95_ms: of('provider', 0.95),
    callback_to_ticket_p50_ms: of('callbackToTicket', 0.5),
    callback_to_ticket_p95_ms: of('callbackToTicket', 0.95),
    page_turned_p95_ms: of('pageTurned', 0.95),
    bare_flows_per_s: round(bareFlowsPerSecond),
    ratio: round(flowsPerSecond / bareFlowsPerSecond, 3),
    rss_mb: round(rss / 1_048_576, 0),
    errors: paid.errors.length,
    flows: paid.flows.length,
    unmatched: paid.flows.length - parts.length,
    statements_per_flow: round(replayed.statements / recordedFlows),
    bare_errors: replayed.errors,
  }
}

type Parts = Record<'own' | 'initiate' | 'provider' | 'callbackToTicket' | 'pageTurned', number>

/** The parts of one payment; our own is all but the provider's. */
function partsOf(flow: Flow, provided: Provided): Parts[] {
  const theirs = provided[flow.phone]
  if (!theirs) return []
  const provider = theirs.calledBackMs - theirs.askedMs
  return [
    {
      initiate: flow.answerMs - flow.beginMs,
      provider,
      callbackToTicket: flow.ticketMs - theirs.calledBackMs,
      pageTurned: flow.paidMs - flow.beginMs,
      own: flow.ticketMs - flow.beginMs - provider,
    },
  ]
}
