import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LatLng } from '#kit'
import { accuracyOf } from './accuracy.ts'
import { type LegHistory, learnt, type Plan, predictArrivals } from './predict.ts'
import { arrivalsOn, type Fix, type Progress, progressAfter } from './progress.ts'
import { shapeOf } from './shape.ts'

/** A place so many metres east and north of one in Kigali. */
const at = (east: number, north: number): LatLng => ({
  latitudeDegrees: -1.95 + north / 111_195,
  longitudeDegrees: 30.06 + east / (111_195 * Math.cos((1.95 * Math.PI) / 180)),
})

/** A road of three kilometres to the east, with a stop at each kilometre. */
const ROAD = shapeOf(
  [0, 1_000, 2_000, 3_000].map((east) => at(east, 0)),
  [0, 1_000, 2_000, 3_000].map((east) => at(east, 20)),
)

/** Out by one road, around a block, and back by the same road to where it began. */
const LOOP_POINTS = [at(0, 0), at(2_000, 0), at(2_000, 500), at(2_500, 500), at(2_500, 0), at(2_000, 0), at(0, 0)]
const LOOP = shapeOf(LOOP_POINTS, [at(0, 0), at(1_000, 0), at(2_500, 500), at(1_000, 0), at(0, 0)])

const drive = (places: readonly LatLng[], everySeconds = 10): Fix[] =>
  places.map((place, i) => ({ ...place, timeMs: i * everySeconds * 1_000, accuracyMeters: 10 }))

function progressOf(shape: typeof ROAD, fixes: readonly Fix[]): (Progress | undefined)[] {
  let now: Progress | undefined
  return fixes.map((fix) => (now = progressAfter(shape, now, fix)))
}

describe('the way of a trip', () => {
  test('stops lie where the way passes them, in their order, also where it passes twice', () => {
    expect(ROAD.stops.map(Math.round)).toEqual([0, 1_000, 2_000, 3_000])
    expect(LOOP.stops.map((meters) => Math.round(meters / 10) * 10)).toEqual([0, 1_000, 3_000, 5_000, 6_000])
  })
  test('without a path it is straight from stop to stop', () => {
    const straight = shapeOf([], [at(0, 0), at(300, 400), at(300, 1_400)])
    expect(straight.stops.map(Math.round)).toEqual([0, 500, 1_500])
  })
  test('of any path and stops the stops never go back and stay on the way', () => {
    const place = fc.tuple(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 5_000 }))
    const places = fc.array(place, { minLength: 2, maxLength: 12 })
    fc.assert(
      fc.property(places, places, (path, stops) => {
        const toPlaces = (some: [number, number][]) => some.map(([east, north]) => at(east, north))
        const shape = shapeOf(toPlaces(path), toPlaces(stops))
        expect(shape.stops).toHaveLength(stops.length)
        shape.stops.forEach((meters, i) => {
          expect(meters).toBeGreaterThanOrEqual(shape.stops[i - 1] ?? 0)
          expect(meters).toBeLessThanOrEqual(shape.meters.at(-1)! + 1e-6)
        })
      }),
      { numRuns: 60 },
    )
  })
})

describe('how far a bus has come', () => {
  test('it grows along the way, whatever noise the receiver adds', () => {
    const noise = (i: number) => [(i * 37) % 23, ((i * 53) % 31) - 15] as const
    const fixes = drive(Array.from({ length: 30 }, (_, i) => at(i * 100 + noise(i)[0], noise(i)[1])))
    const meters = progressOf(ROAD, fixes).map((one) => one!.meters)
    meters.forEach((one, i) => {
      expect(one).toBeGreaterThanOrEqual(meters[i - 1] ?? 0)
      expect(Math.abs(one - i * 100)).toBeLessThan(60)
    })
  })
  test('a bus that stands does not creep forward', () => {
    const standing = Array.from({ length: 60 }, (_, i) => at(1_000 + ((i * 7) % 11) - 5, ((i * 5) % 13) - 6))
    const last = progressOf(ROAD, drive(standing)).at(-1)!
    expect(last.meters).toBeLessThan(1_015)
    expect(last.speed).toBeLessThan(0.5)
  })
  test('a road that the way takes twice is told apart by where the bus came from', () => {
    const out = Array.from({ length: 20 }, (_, i) => at(i * 100, 0))
    const around = [at(2_000, 0), at(2_000, 250), at(2_000, 500), at(2_250, 500), at(2_500, 500), at(2_500, 250)]
    const back = [at(2_500, 0), at(2_250, 0), at(2_000, 0), at(1_800, 0), at(1_600, 0)]
    const meters = progressOf(LOOP, drive([...out, ...around, ...back], 20)).map((one) => one!.meters)
    expect(Math.abs(meters[19]! - 1_900)).toBeLessThan(40)
    expect(Math.abs(meters.at(-1)! - 4_400)).toBeLessThan(60)
  })
  test('a bus that is nowhere near its way is counted off it and stays where it was', () => {
    const [, , third, fourth] = progressOf(ROAD, drive([at(0, 0), at(200, 0), at(300, 900), at(400, 1_200)]))
    expect(third).toMatchObject({ offRoute: 1 })
    expect(fourth).toMatchObject({ offRoute: 2, meters: third!.meters })
  })
  test('an older position changes nothing', () => {
    const [first] = progressOf(ROAD, drive([at(500, 0)]))
    expect(progressAfter(ROAD, first, { ...at(900, 0), timeMs: -1 })).toBe(first)
  })
  test('stops are reached between two positions; those behind the first one were not seen', () => {
    const arrivals = arrivalsOn(ROAD, drive([at(1_500, 0), at(1_900, 0), at(2_300, 0), at(2_700, 0), at(3_000, 0)], 40))
    expect(arrivals.slice(0, 2)).toEqual([undefined, undefined])
    expect(Math.abs(arrivals[2]! - 47_500)).toBeLessThan(3_000)
    expect(arrivals[3]).toBeGreaterThan(120_000)
  })
})

describe('when a bus will arrive', () => {
  const MINUTE = 60_000
  const plan: Plan = { stops: [0, 1_000, 2_000, 3_000], arrivalsMs: [0, 2, 4, 6].map((n) => n * MINUTE) }
  const nothing: LegHistory = () => undefined
  const hourOf = () => 8
  const onTime = { meters: 0, timeMs: 0, speed: undefined, arrivalsMs: [0, undefined, undefined, undefined] }
  const middle = ({ earlyMs, lateMs }: { earlyMs: number; lateMs: number }) => (earlyMs + lateMs) / 2

  test('without history the timetable counts from where the bus is', () => {
    const found = predictArrivals(plan, { ...onTime, timeMs: 5 * MINUTE }, nothing, hourOf)
    expect(found.map(({ stop }) => stop)).toEqual([1, 2, 3])
    expect(middle(found[2]!)).toBeCloseTo(11 * MINUTE, -3)
  })
  test('the time told is before the middle and within the uncertainty, which grows with the distance', () => {
    const found = predictArrivals(plan, onTime, nothing, hourOf)
    for (const one of found) {
      expect(one.timeMs).toBeGreaterThan(one.earlyMs)
      expect(one.timeMs).toBeLessThan(middle(one))
    }
    const widths = found.map(({ earlyMs, lateMs }) => lateMs - earlyMs)
    expect(widths).toEqual(widths.toSorted((a, b) => a - b))
  })
  test('predictions of one moment never fall from stop to stop', () => {
    const speeds = fc.double({ min: 0, max: 30, noNaN: true })
    const places = fc.integer({ min: 0, max: 2_999 })
    fc.assert(
      fc.property(speeds, places, (speed, meters) => {
        const found = predictArrivals(plan, { ...onTime, meters, speed }, nothing, hourOf)
        found.forEach(({ timeMs }, i) => expect(timeMs).toBeGreaterThanOrEqual(found[i - 1]?.timeMs ?? 0))
      }),
    )
  })
  test('what other trips took at this hour counts more than the timetable, and more than other hours', () => {
    const times = (seconds: number, count: number) =>
      Array.from({ length: count }).reduce<ReturnType<typeof learnt> | undefined>(
        (so) => learnt(so, seconds, 120),
        undefined,
      )
    const history: LegHistory = (_leg, hour) => ({
      atHour: hour === 8 ? times(240, 30) : undefined,
      always: times(150, 60),
    })
    const rush = predictArrivals(plan, onTime, history, () => 8)
    const night = predictArrivals(plan, onTime, history, () => 23)
    expect(middle(rush[2]!)).toBeGreaterThan(10 * MINUTE)
    expect(middle(night[2]!)).toBeLessThan(8 * MINUTE)
  })
  test('a trip that was slow on the legs behind it is slow on the next', () => {
    const slow = {
      meters: 2_000,
      timeMs: 9 * MINUTE,
      speed: undefined,
      arrivalsMs: [0, 4.5 * MINUTE, 9 * MINUTE, undefined],
    }
    const [last] = predictArrivals(plan, slow, nothing, hourOf)
    expect(middle(last!)).toBeGreaterThan(11.2 * MINUTE)
  })
  test('a rest of hours is no time that the next trip will take', () => {
    const usual = learnt(learnt(undefined, 120, 120), 130, 120)
    expect(learnt(usual, 20_000, 120).mean).toBeLessThan(200)
    expect(learnt(undefined, 20_000, 120).mean).toBeLessThanOrEqual(300)
  })
})

describe('the four-bucket measure', () => {
  const MINUTE = 60_000
  const graded = (ahead: number, off: number) => ({
    madeMs: 0,
    predictedMs: ahead * MINUTE,
    actualMs: (ahead + off) * MINUTE,
  })
  test.each([
    [2, -0.5, 1],
    [2, -0.51, 0],
    [2, 1.5, 1],
    [2, 1.51, 0],
    [3, -1, 1],
    [5, 2.6, 0],
    [6, 3.5, 1],
    [9, -1.1, 0],
    [10, 4.5, 1],
    [14, -1.6, 0],
  ])('%d minutes ahead and %d minutes off counts %d', (ahead, off, share) => {
    expect(accuracyOf([graded(ahead, off)]).score).toBe(share)
  })
  test('each bucket weighs the same, however many predictions it has', () => {
    const many = [...Array.from({ length: 9 }, () => graded(1, 0)), graded(5, 9)]
    expect(accuracyOf(many).score).toBe(0.5)
  })
  test('what is further ahead than a quarter of an hour is not graded', () => {
    expect(accuracyOf([graded(15, 0)]).buckets.every(({ count }) => count === 0)).toBe(true)
  })
})
