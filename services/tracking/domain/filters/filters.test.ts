import { describe, expect, test } from 'vitest'
import { type Circumstances, type Limits, NEW_TRACK, type Sample, type Track } from '../sample.ts'
import { ALWAYS } from '../duty.ts'
import { type Fault, faultOf, filters, trackAfter } from './index.ts'

const limits: Limits = { maxAheadMs: 30_000, maxAgeMs: 3_600_000, maxAccuracyMeters: 150, maxSpeedMetersPerSecond: 50 }
const nowMs = Date.parse('2026-11-20T06:00:00Z')
const kigali: Sample = {
  sequence: 10,
  timeMs: nowMs - 10_000,
  latitudeDegrees: -1.95,
  longitudeDegrees: 30.05,
  accuracyMeters: 5,
}
const METERS = 1 / 111_195 // degrees of latitude

function judged(sample: Partial<Sample>, circumstances: Partial<Circumstances> = {}): Fault | undefined {
  const track = { last: kigali, elsewhere: undefined }
  return faultOf(
    { ...kigali, sequence: 11, timeMs: nowMs, ...sample },
    { track, limits, duty: ALWAYS, nowMs, ...circumstances },
  )
}

test('the steps are taken in the order in which they rely on each other', () => {
  expect(filters.map(({ fault }) => fault)).toEqual([
    'INVALID',
    'ZERO',
    'DUPLICATE',
    'OUT_OF_ORDER',
    'FUTURE',
    'TOO_OLD',
    'OFF_DUTY',
    'INACCURATE',
    'IMPOSSIBLE_JUMP',
  ])
})

describe('a sample is judged', () => {
  test.each<[string, Partial<Sample>, Fault | undefined]>([
    ['as it should be', {}, undefined],
    [
      'with everything at its bounds',
      { headingDegrees: 360, speedMetersPerSecond: 0, altitudeMeters: -1_000 },
      undefined,
    ],
    ['without a number', { sequence: 0 }, 'INVALID'],
    ['with a number that is not exact any more', { sequence: 2 ** 53 }, 'INVALID'],
    ['without a time', { timeMs: Number.NaN }, 'INVALID'],
    ['at a time that no calendar has', { timeMs: Number.POSITIVE_INFINITY }, 'INVALID'],
    ['off the globe', { latitudeDegrees: 90.001 }, 'INVALID'],
    ['nowhere', { longitudeDegrees: Number.NaN }, 'INVALID'],
    ['with a speed below nothing', { speedMetersPerSecond: -1 }, 'INVALID'],
    ['with an accuracy that is no number', { accuracyMeters: Number.NaN }, 'INVALID'],
    ['with a heading beyond the circle', { headingDegrees: 361 }, 'INVALID'],
    ['with more fuel than the tank holds', { fuelPercent: 101 }, 'INVALID'],
    ['at the zero of both', { latitudeDegrees: 0, longitudeDegrees: 0 }, 'ZERO'],
    ['at what rounding made of zero', { latitudeDegrees: -0.00001, longitudeDegrees: 0.00004 }, 'ZERO'],
    ['on the equator', { latitudeDegrees: 0, timeMs: nowMs }, 'IMPOSSIBLE_JUMP'],
    ['again', { sequence: 10 }, 'DUPLICATE'],
    ['under an older number', { sequence: 9 }, 'DUPLICATE'],
    ['the same under a new number', { timeMs: kigali.timeMs }, 'DUPLICATE'],
    ['a metre away in the same second', { timeMs: kigali.timeMs, latitudeDegrees: -1.95 + METERS }, undefined],
    ['measured before the one before it', { timeMs: kigali.timeMs - 1 }, 'OUT_OF_ORDER'],
    ['by a clock that is a little fast', { timeMs: nowMs + 30_000 }, undefined],
    ['by a clock that is too fast', { timeMs: nowMs + 30_001 }, 'FUTURE'],
    ['by a receiver that guesses', { accuracyMeters: 151 }, 'INACCURATE'],
    ['by one that says nothing of its accuracy', { accuracyMeters: undefined }, undefined],
    ['500 m on after 10 s', { latitudeDegrees: -1.95 + 500 * METERS }, undefined],
    ['600 m on after 10 s', { latitudeDegrees: -1.95 + 600 * METERS }, 'IMPOSSIBLE_JUMP'],
    ['on the other side of the date line', { longitudeDegrees: -179.9 }, 'IMPOSSIBLE_JUMP'],
  ])('%s', (_, sample, fault) => {
    expect(judged(sample)).toBe(fault)
  })

  test.each<[string, number, Fault | undefined]>([
    ['kept for an hour', nowMs - limits.maxAgeMs, undefined],
    ['kept for longer', nowMs - limits.maxAgeMs - 1, 'TOO_OLD'],
  ])('%s', (_, timeMs, fault) => {
    expect(judged({ timeMs }, { track: NEW_TRACK })).toBe(fault)
  })

  test.each<[string, number, number, Fault | undefined]>([
    ['within the hours of its driver', nowMs - 1, nowMs + 1, undefined],
    ['before he took over', nowMs + 1, nowMs + 2, 'OFF_DUTY'],
    ['after he had gone', nowMs - 2, nowMs - 1, 'OFF_DUTY'],
  ])('%s', (_, fromMs, untilMs, fault) => {
    expect(judged({}, { duty: { fromMs, untilMs } })).toBe(fault)
  })

  test('the first of a recording is compared with nothing', () => {
    expect(judged({ sequence: 1, latitudeDegrees: 60 }, { track: NEW_TRACK })).toBeUndefined()
  })
})

/** Judges samples after each other, as a stream does. */
function faultsOf(samples: readonly Sample[]): (Fault | undefined)[] {
  let track: Track = NEW_TRACK
  return samples.map((sample) => {
    const fault = faultOf(sample, { track, limits, duty: ALWAYS, nowMs })
    track = trackAfter(track, sample, fault, limits)
    return fault
  })
}

/** A sample so many seconds before now, so many metres north. */
const at = (sequence: number, secondsAgo: number, meters: number): Sample => ({
  sequence,
  timeMs: nowMs - secondsAgo * 1_000,
  latitudeDegrees: -1.95 + meters * METERS,
  longitudeDegrees: 30.05,
  accuracyMeters: 5,
})

test('a single outlier is rejected, and the bus goes on where it was', () => {
  expect(faultsOf([at(1, 100, 0), at(2, 99, 9_000), at(3, 98, 30)])).toEqual([undefined, 'IMPOSSIBLE_JUMP', undefined])
})

test('three samples that fit each other are believed against one', () => {
  const jump = 'IMPOSSIBLE_JUMP'
  const samples = [at(1, 100, 0), at(2, 99, 50_000), at(3, 98, 50_020), at(4, 97, 50_040), at(5, 96, 50_060)]
  expect(faultsOf(samples)).toEqual([undefined, jump, jump, undefined, undefined])
})

test('samples that fit nothing never convince', () => {
  const wild = [at(1, 100, 0), at(2, 99, 50_000), at(3, 98, -50_000), at(4, 97, 90_000), at(5, 96, -90_000)]
  expect(faultsOf(wild).slice(1)).toEqual(Array.from({ length: 4 }, () => 'IMPOSSIBLE_JUMP'))
})

test('one outlier that is sent again and again does not convince by repetition', () => {
  const outlier = at(2, 99, 50_000)
  expect(faultsOf([at(1, 100, 0), outlier, outlier, outlier, outlier]).slice(1)).toEqual(
    Array.from({ length: 4 }, () => 'IMPOSSIBLE_JUMP'),
  )
})
