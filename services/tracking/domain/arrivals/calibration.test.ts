import { describe, expect, test } from 'vitest'
import { type Calibration, calibrated, shareWithin, type Told, UNCALIBRATED } from './calibration.ts'
import type { Prediction } from './predict.ts'

/** Random numbers that are the same in every run (mulberry32). */
function numbersFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

type Errors = (random: () => number) => number

/** Box and Muller. */
const normal: Errors = (random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

/** How errors of arrivals may look, in stated deviations. */
const shapes: [string, Errors][] = [
  ['as stated', normal],
  ['twice as large as stated', (random) => 2 * normal(random)],
  ['half as large', (random) => normal(random) / 2],
  ['late more often than early', (random) => Math.abs(normal(random)) * 1.5],
  ['mostly small and sometimes huge', (random) => normal(random) * (random() < 0.1 ? 8 : 0.8)],
]

/** A trip whose predictions are off together, and each a little by itself. */
function tripOf(errors: Errors, random: () => number): Told[] {
  const shared = errors(random)
  return Array.from({ length: 30 }, () => {
    const prediction = { middleMs: 600_000, deviationMs: 60_000 } as Prediction
    return { prediction, actualMs: 600_000 + (0.8 * shared + 0.2 * errors(random)) * 60_000 }
  })
}

function learnt(trips: readonly Told[][], from: Calibration = UNCALIBRATED): Calibration {
  return trips.reduce((so, trip) => calibrated(so, trip), from)
}

describe('the bounds of arrivals', () => {
  test.each(shapes)('hold eight in ten of those that they never saw, when errors are %s', (_, errors) => {
    const random = numbersFrom(7)
    const known = Array.from({ length: 400 }, () => tripOf(errors, random))
    const later = Array.from({ length: 400 }, () => tripOf(errors, random)).flat()
    const share = shareWithin(later, learnt(known).reach) ?? 0
    expect(share).toBeGreaterThan(0.74)
    expect(share).toBeLessThan(0.86)
  })
  test('come near to it within some trips', () => {
    const random = numbersFrom(11)
    const trips = () => Array.from({ length: 25 }, () => tripOf((next) => 2 * normal(next), random))
    const later = Array.from({ length: 200 }, () => tripOf((next) => 2 * normal(next), random)).flat()
    expect(shareWithin(later, UNCALIBRATED.reach)).toBeLessThan(0.65)
    expect(shareWithin(later, learnt(trips()).reach)).toBeGreaterThan(0.7)
  })
  test('follow a road that changes', () => {
    const random = numbersFrom(13)
    const calm = learnt(Array.from({ length: 300 }, () => tripOf(normal, random)))
    const wild = learnt(
      Array.from({ length: 150 }, () => tripOf((next) => 3 * normal(next), random)),
      calm,
    )
    expect(wild.reach).toBeGreaterThan(calm.reach * 2)
  })
  test('stay as they are by a trip that tells nothing, and never lose all measure', () => {
    expect(calibrated(UNCALIBRATED, [])).toEqual(UNCALIBRATED)
    const off = Array.from({ length: 500 }, () => tripOf(() => 1_000, Math.random))
    expect(learnt(off).reach).toBe(6)
    const exact = Array.from({ length: 500 }, () => tripOf(() => 0, Math.random))
    expect(learnt(exact).reach).toBe(0.5)
  })
})
