import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import postgres from 'postgres'
import { addDays, serviceDateOf } from '#kit'
import type { ReplayReport } from '../booking/messages.ts'
import { type Child, startChild } from '../lib/child.ts'
import {
  baseUrl,
  createDatabase,
  emptyRedis,
  NODE_OPTIONS,
  openStage,
  type Stage,
  urlOf,
  withSuite,
} from '../lib/stage.ts'
import { percentile, round } from '../lib/stats.ts'
import { asksOf } from './asks.ts'
import type { LoadOrder, LoadReport } from './messages.ts'
import { networkOf } from './network.ts'
import { seed } from './seed.ts'

const SEED = 20_261_121
const POPULAR = { popularPairs: 100, popularShare: 0.8 }
const RECORDED = 2_000
const PEAK_CONCURRENCY = 32
const WARM_UP_SECONDS = 5
const DATABASE = 'searched'

type Plan = {
  readonly seconds: number
  readonly rate: number
  readonly tripsADay: number
  readonly days: number
  readonly routes: number
  readonly towns: number
  readonly cacheSeconds: number
}
/**
 * Searches through the gateway over HTTP/2, asked by the clock, in 60 days of 5,000 trips; beside them a bare loop that sends
 * the statements that as many searches have sent. All of it shares this machine's cores.
 */
export async function run(args: readonly string[]): Promise<object> {
  const plan = planOf(args)
  const stage = await openStage()
  const file = join(stage.dir, 'statements.jsonl')
  try {
    return await measure({ ...stage, env: { ...stage.env, ...settingsOf(plan) } }, plan, file)
  } finally {
    await stage.infra.stop()
    if (!process.env['BENCH_KEEP']) rmSync(file, { force: true })
  }
}

function settingsOf({ cacheSeconds }: Plan): Record<string, string> {
  return {
    TICKETING_SEARCH_CACHE_SECONDS: String(cacheSeconds),
    BENCH_NODE_OPTIONS: `${NODE_OPTIONS} ${process.env['BENCH_PROFILE'] ?? ''}`,
  }
}

function planOf(args: readonly string[]): Plan {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '30' },
      rate: { type: 'string', default: '200' },
      trips: { type: 'string', default: '5000' },
      days: { type: 'string', default: '60' },
      routes: { type: 'string', default: '250' },
      towns: { type: 'string', default: '40' },
      cache: { type: 'string', default: '60' },
    },
  })
  return {
    seconds: Number(values.seconds),
    rate: Number(values.rate),
    tripsADay: Number(values.trips),
    days: Number(values.days),
    routes: Number(values.routes),
    towns: Number(values.towns),
    cacheSeconds: Number(values.cache),
  }
}

async function measure(stage: Stage, plan: Plan, file: string): Promise<object> {
  const network = networkOf({ towns: plan.towns, routes: plan.routes, seed: SEED })
  const firstDate = addDays(serviceDateOf(new Date(), 'Africa/Kigali'), 1)
  const { cacheSeconds, rate, seconds } = plan
  const orderOf = (count: number, salt: number, wanted: number) => ({
    asks: asksOf(network, { ...POPULAR, firstDate, days: plan.days }, count, SEED + salt),
    rate: wanted,
    cacheSeconds,
  })
  const client = await startChild(new URL('./load.ts', import.meta.url), {})
  try {
    await createDatabase(stage, DATABASE)
    // The first start makes the schemas and the demo network; the following ones search in what is then put into them.
    await withSuite(stage, DATABASE, {}, () => untilCopied(stage))
    const trips = await seed(urlOf(stage, DATABASE), network, { ...plan, firstDate })
    await withSuite(stage, DATABASE, { BENCH_RECORD: file }, async (suite) => {
      await suite.ask({ record: true })
      await load(stage, client, orderOf(RECORDED, 1, 0))
      await suite.ask({ record: false, save: true })
    })
    const measured = await withSuite(stage, DATABASE, {}, async (suite) => {
      await load(stage, client, orderOf(rate * WARM_UP_SECONDS, 2, rate))
      const before = await lookups(stage)
      const steady = await load(stage, client, orderOf(rate * seconds, 3, rate))
      const after = await lookups(stage)
      const { rss } = await suite.ask<{ rss: number }>({})
      const peak = await load(stage, client, orderOf(RECORDED, 1, 0))
      return { steady, peak, rss, hits: after.hit - before.hit, misses: after.miss - before.miss }
    })
    const bare = await startChild(new URL('../booking/bare.ts', import.meta.url), {})
    const replayed = await bare.ask<ReplayReport>({ databaseUrl: urlOf(stage, DATABASE), file })
    await bare.stop()
    return summary({ ...measured, trips, bare: replayed })
  } finally {
    await client.stop()
  }
}

/** Waits until ticketing has heard of every trip of the demo network: its copying is no part of a search. */
async function untilCopied(stage: Stage): Promise<void> {
  const sql = postgres(urlOf(stage, DATABASE), { max: 1, onnotice: () => {} })
  const counts = () => sql<{ told: number; copied: number }[]>`
    select (select count(*)::int from company.trip) as told, (select count(*)::int from ticketing.trip) as copied`
  try {
    for (
      let [row] = await counts();
      row === undefined || row.told === 0 || row.copied < row.told;
      [row] = await counts()
    )
      await sleep(500)
  } finally {
    await sql.end()
  }
}

type Measured = {
  readonly steady: LoadReport
  readonly peak: LoadReport
  readonly rss: number
  readonly hits: number
  readonly misses: number
  readonly trips: number
  readonly bare: ReplayReport
}

function summary({ steady, peak, rss, hits, misses, trips, bare }: Measured): object {
  const [hitMs, missMs] = [sorted(steady.hitMs), sorted(steady.missMs)]
  const all = sorted([...hitMs, ...missMs])
  const peakPerSecond = perSecond(peak)
  const barePerSecond = (RECORDED / bare.ms) * 1_000
  for (const error of new Set([...steady.errors, ...peak.errors])) console.error(`error: ${error}`)
  return {
    bench: 'search',
    requests_per_s: round(perSecond(steady)),
    p50_ms: round(percentile(all, 0.5)),
    p99_ms: round(percentile(all, 0.99)),
    hit_p50_ms: round(percentile(hitMs, 0.5)),
    hit_p99_ms: round(percentile(hitMs, 0.99)),
    miss_p50_ms: round(percentile(missMs, 0.5)),
    miss_p99_ms: round(percentile(missMs, 0.99)),
    hit_share: round(hits / (hits + misses), 3),
    peak_requests_per_s: round(peakPerSecond),
    bare_requests_per_s: round(barePerSecond),
    ratio: round(peakPerSecond / barePerSecond, 3),
    rss_mb: round(rss / 1_048_576, 0),
    errors: steady.errors.length + peak.errors.length,
    requests: all.length,
    offers_per_request: round(steady.offers / all.length),
    trips,
    statements_per_request: round(bare.statements / RECORDED, 2),
    bare_errors: bare.errors,
  }
}

const sorted = (values: readonly number[]) => values.toSorted((a, b) => a - b)

function perSecond({ hitMs, missMs, ms }: LoadReport): number {
  return ((hitMs.length + missMs.length) / ms) * 1_000
}

async function load(
  stage: Stage,
  client: Child,
  { asks, rate, cacheSeconds }: Pick<LoadOrder, 'asks' | 'rate' | 'cacheSeconds'>,
): Promise<LoadReport> {
  // Whoever comes first finds nothing kept: so the client can tell a hit from a miss.
  await emptyRedis(stage)
  return client.ask<LoadReport>({ baseUrl: baseUrl(stage), asks, rate, concurrency: PEAK_CONCURRENCY, cacheSeconds })
}

/** How often ticketing found in Redis what it looked for, as the suite counts it. */
async function lookups(stage: Stage): Promise<{ hit: number; miss: number }> {
  const text = await (await fetch(`${baseUrl(stage)}/metrics`)).text()
  const count = (result: string) =>
    Number(new RegExp(`tms_cache_lookups_total\\{.*ticketing.*"${result}".*\\} (\\d+)`).exec(text)?.[1] ?? 0)
  return { hit: count('hit'), miss: count('miss') }
}
