import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startChild } from '../lib/child.ts'
import { baseUrl, createDatabase, NODE_OPTIONS, openStage, type Stage, urlOf, withSuite } from '../lib/stage.ts'
import { percentile, round } from '../lib/stats.ts'
import { findJobs } from './jobs.ts'
import type { Job, LoadReport, ReplayReport } from './messages.ts'

const LOAD_PROCESSES = 2
const WARM_UP_SECONDS = 15

type Plan = { readonly seconds: number; readonly concurrency: number; readonly recordFlows: number }

/**
 * Whole bookings, from search to signed ticket, through the gateway over HTTP/2; beside them a bare loop that sends the
 * same statements over as many connections without the suite. All of it shares this machine's cores.
 */
export async function run(args: readonly string[]): Promise<object> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '20' },
      concurrency: { type: 'string', default: '64' },
      record: { type: 'string', default: '2000' },
    },
  })
  const plan = {
    seconds: Number(values.seconds),
    concurrency: Number(values.concurrency),
    recordFlows: Number(values.record),
  }
  const stage = await openStage()
  const outside = await startChild(new URL('../lib/outside.ts', import.meta.url), stage.env)
  try {
    return await measure(stage, plan)
  } finally {
    await outside.stop()
    await stage.infra.stop()
    if (!process.env['BENCH_KEEP']) rmSync(join(stage.dir, 'statements.jsonl'), { force: true })
  }
}

/** Seeds one database; records on a copy of it, measures on another, replays the recording on a third. */
async function measure(stage: Stage, plan: Plan): Promise<object> {
  const [seeded, recordOn, measureOn, replayOn] = ['seeded', 'recorded', 'measured', 'replayed']
  await createDatabase(stage, seeded)
  const jobs = await withSuite(stage, seeded, {}, () => findJobs(baseUrl(stage)))
  for (const copy of [recordOn, measureOn, replayOn]) await createDatabase(stage, copy, seeded)

  const file = join(stage.dir, 'statements.jsonl')
  const recorded = await withSuite(stage, recordOn, { BENCH_RECORD: file }, async (suite) => {
    await suite.ask({ record: true })
    const report = await load(stage, { ...plan, seconds: 600 }, jobs.slice(0, plan.recordFlows))
    await suite.ask({ record: false, save: true })
    return report
  })
  const { report, rss, cpuMs } = await withSuite(
    stage,
    measureOn,
    { BENCH_NODE_OPTIONS: `${NODE_OPTIONS} ${process.env['BENCH_PROFILE'] ?? ''}` },
    async (suite) => {
      // The first calls compile code and open connections; they are not what a running suite costs.
      await load(stage, { ...plan, seconds: WARM_UP_SECONDS }, jobs.slice(-3_000))
      const before = await suite.ask<{ cpuMs: number }>({})
      const measured = await load(stage, plan, jobs.slice(0, -3_000))
      const after = await suite.ask<{ rss: number; cpuMs: number }>({})
      return { report: measured, rss: after.rss, cpuMs: after.cpuMs - before.cpuMs }
    },
  )
  const bare = await startChild(new URL('./bare.ts', import.meta.url), {})
  const replayed = await bare.ask<ReplayReport>({ databaseUrl: urlOf(stage, replayOn), file })
  await bare.stop()
  return summary(report, recorded.latenciesMs.length, replayed, rss, cpuMs)
}

function summary(report: LoadReport, recordedFlows: number, bare: ReplayReport, rss: number, cpuMs: number): object {
  const sorted = report.latenciesMs.toSorted((a, b) => a - b)
  const flows = (sorted.length / report.ms) * 1_000
  const bareFlows = (recordedFlows / bare.ms) * 1_000
  for (const error of new Set(report.errors)) console.error(`error: ${error}`)
  return {
    bench: 'booking',
    flows_per_s: round(flows),
    p50_ms: round(percentile(sorted, 0.5)),
    p99_ms: round(percentile(sorted, 0.99)),
    bare_flows_per_s: round(bareFlows),
    ratio: round(flows / bareFlows, 3),
    rss_mb: round(rss / 1_048_576, 0),
    errors: report.errors.length,
    flows: sorted.length,
    suite_cpu_ms_per_flow: round(cpuMs / sorted.length, 2),
    statements_per_flow: round(bare.statements / recordedFlows),
    bare_connections: bare.connections,
    bare_errors: bare.errors,
  }
}

/** Runs the load processes and adds up what they report. */
async function load(stage: Stage, plan: Plan, jobs: readonly Job[]): Promise<LoadReport> {
  const share = Math.ceil(jobs.length / LOAD_PROCESSES)
  const parts = Array.from({ length: LOAD_PROCESSES }, (_, index) => jobs.slice(index * share, (index + 1) * share))
  const children = await Promise.all(parts.map(() => startChild(new URL('./load.ts', import.meta.url), {})))
  const reports = await Promise.all(
    children.map((child, index) =>
      child.ask<LoadReport>({
        baseUrl: baseUrl(stage),
        concurrency: plan.concurrency / LOAD_PROCESSES,
        jobs: parts[index],
        seconds: plan.seconds,
        process: index,
      }),
    ),
  )
  await Promise.all(children.map((child) => child.stop()))
  return {
    latenciesMs: reports.flatMap((report) => report.latenciesMs),
    errors: reports.flatMap((report) => report.errors),
    ms: Math.max(...reports.map((report) => report.ms)),
  }
}
