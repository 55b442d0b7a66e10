// Which step of a position's path the process's time goes into, by a profile of the time that is measured.
import type { Profiler } from 'node:inspector'
import { Session } from 'node:inspector/promises'
import { round } from '../lib/stats.ts'

/** Steps by what is met first on the way from where the time is spent to who called it. */
const STEPS: readonly (readonly [step: string, call: RegExp])[] = [
  ['acknowledged', /^(#acknowledge|#say|#send) |wire\/acks/],
  ['read', /wire\/position_reader|kit\/rpc\/envelopes/],
  ['judged', /domain\/filters|domain\/sample|#judge|tracking\/metrics/],
  ['kept', /ingest\/history_writer|store\/history|kit\/db\/copy/],
  ['watched', /supervise\/|domain\/watch/],
  ['stored', /store\/locations/],
  ['published', /ingest\/publisher|wire\/position_writer/],
  ['judged', /ingest\/reporting/],
  ['received', /kit\/rpc\/duplex|ingest\/(conversation|turnstile)/],
  ['looked after', /\/(services)\//],
]

/** Where nobody of ours called: answers, and what comes by itself. */
const BY_ITSELF: readonly (readonly [step: string, call: RegExp])[] = [
  ['collected', /^\(garbage collector\)/],
  ['published', /ioredis/],
  ['kept', /node_modules\/pg/],
  ['received', /internal\/(http2|streams|stream_base|js_stream)/],
]

/** Profiles this process from now on. Resolves to what ends that, and answers the share of each step. */
export async function profileSteps(): Promise<() => Promise<Record<string, number>>> {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.start')
  return async () => {
    const { profile } = await session.post('Profiler.stop')
    session.disconnect()
    return shares(profile)
  }
}

function shares({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Record<string, number> {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)))
  const stepOf = (id: number): string => {
    const calls: string[] = []
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const { functionName = '', url = '' } = byId.get(at)?.callFrame ?? {}
      calls.push(`${functionName} ${url}`)
    }
    return first(STEPS, calls) ?? first(BY_ITSELF, calls) ?? (calls[0]?.startsWith('(idle)') ? 'idle' : 'the rest')
  }
  const steps = new Map(nodes.map(({ id }) => [id, stepOf(id)]))
  const spent = new Map<string, number>()
  for (const [i, id] of samples.entries()) {
    const step = steps.get(id) ?? ''
    spent.set(step, (spent.get(step) ?? 0) + (timeDeltas[i] ?? 0))
  }
  spent.delete('idle')
  const total = [...spent.values()].reduce((sum, one) => sum + one, 0)
  return Object.fromEntries([...spent].map(([step, us]) => [step, round(us / total, 3)]))
}

function first(steps: typeof STEPS, calls: readonly string[]): string | undefined {
  for (const call of calls) for (const [step, pattern] of steps) if (pattern.test(call)) return step
  return undefined
}
