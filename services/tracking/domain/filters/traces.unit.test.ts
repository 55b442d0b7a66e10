import { describe, expect, test } from 'vitest'
import { carTrace, hasTraces, taxiTrace, walkerTraces } from '../../testing/traces.ts'
import { ALWAYS } from '../duty.ts'
import { isReachable, type Limits, NEW_TRACK, type Sample, type Track } from '../sample.ts'
import { faultOf, trackAfter } from './index.ts'

const limits: Limits = {
  maxAheadMs: 30_000,
  maxAgeMs: Number.POSITIVE_INFINITY,
  maxAccuracyMeters: 150,
  maxSpeedMetersPerSecond: 50,
}

/** Judges a trace as a stream of it would be, long after. */
function judge(samples: readonly Sample[]) {
  let track: Track = NEW_TRACK
  const accepted: Sample[] = []
  const counts: Record<string, number> = {}
  for (const sample of samples) {
    const fault = faultOf(sample, { track, limits, duty: ALWAYS, nowMs: Date.parse('2026-11-20T06:00:00Z') })
    track = trackAfter(track, sample, fault, limits)
    if (fault === undefined) accepted.push(sample)
    else counts[fault] = (counts[fault] ?? 0) + 1
  }
  return { accepted, counts: { accepted: accepted.length, ...counts } }
}

if (!hasTraces) console.warn('no real traces beside this checkout: what the filters make of them is not tested')

// The numbers were counted from the files by a program of another language that shares nothing with this one.
describe.runIf(hasTraces)('real traces', () => {
  test.each([
    ['abboip', { accepted: 23_400, IMPOSSIBLE_JUMP: 95 }],
    ['aiwalb', { accepted: 21_180, IMPOSSIBLE_JUMP: 61 }],
    ['akgicjud', { accepted: 25_347, IMPOSSIBLE_JUMP: 45 }],
  ])('the taxi %s loses what no taxi can have driven, and nothing else', (name, counts) => {
    expect(judge(taxiTrace(name)).counts).toEqual(counts)
  })

  test('a car at one position a second loses two', () => {
    expect(judge(carTrace()).counts).toEqual({ accepted: 1_192, IMPOSSIBLE_JUMP: 2 })
  })

  test('people who walk, ride and fly lose their outliers, and months without a position cost nothing', () => {
    expect(walkerTraces().map((trace) => judge(trace).counts)).toEqual([
      { accepted: 108_569, IMPOSSIBLE_JUMP: 38 },
      { accepted: 108_942, IMPOSSIBLE_JUMP: 104 },
    ])
  })

  test('a trace sent twice is accepted once, and one sent backwards not at all but for its first', () => {
    const trace = taxiTrace('abboip')
    const { counts } = judge([...trace, ...trace])
    expect(counts).toEqual({ accepted: 23_400, IMPOSSIBLE_JUMP: 95, DUPLICATE: trace.length })
    const backwards = trace.toReversed().map((sample, i) => ({ ...sample, sequence: i + 1 }))
    expect(judge(backwards).counts).toEqual({ accepted: 1, OUT_OF_ORDER: trace.length - 1 })
  })

  test('after a jump that was believed, what follows is near it again', () => {
    for (const trace of walkerTraces()) {
      const { accepted } = judge(trace)
      const jumps = accepted.filter((sample, i) => i > 0 && !isReachable(accepted[i - 1]!, sample, limits))
      expect(jumps.length).toBeLessThan(60)
    }
  })
})
