import { describe, expect, test } from 'vitest'
import { type Fence, FenceIndex } from './fence.ts'
import { metersOutside, type Shape, touches } from './shape.ts'
import type { Seen, WatchedTrip } from './types.ts'
import { firstSight, step, type Watch } from './watch.ts'

/** A place so many metres east and north of a stop near Kigali. */
const at = (east: number, north = 0) => ({
  latitudeDegrees: -1.95 + north / 111_195,
  longitudeDegrees: 30.05 + east / (111_195 * Math.cos((1.95 * Math.PI) / 180)),
})

const circle: Shape = { kind: 'circle', center: at(0), radiusMeters: 100 }
const polygon: Shape = {
  kind: 'polygon',
  corners: [at(-100, -100), at(100, -100), at(100, 100), at(0, 0), at(-100, 100)],
}
const corridor: Shape = { kind: 'corridor', line: [at(0), at(1_000), at(1_000, 1_000)], radiusMeters: 50 }

test.each<[string, Shape, ReturnType<typeof at>, number]>([
  ['the centre of a circle', circle, at(0), 0],
  ['just inside of a circle', circle, at(99), 0],
  ['outside of a circle', circle, at(300, 400), 400],
  ['inside of a polygon', polygon, at(-50, -50), 0],
  ['in the notch of a polygon', polygon, at(0, 50), 50 / Math.SQRT2],
  ['on the other side', polygon, at(300, 0), 200],
  ['on the line of a corridor', corridor, at(500), 0],
  ['beside the corner of a corridor', corridor, at(1_040, 500), 0],
  ['off a corridor', corridor, at(500, 250), 200],
  ['behind the end of a corridor', corridor, at(1_000, 1_150), 100],
])('%s', (_, shape, place, meters) => {
  expect(metersOutside(shape, place)).toBeCloseTo(meters, -0.5)
})

test.each<[string, Shape, ReturnType<typeof at>, ReturnType<typeof at>, boolean]>([
  ['through a circle', circle, at(-500), at(500), true],
  ['past a circle', circle, at(-500, 150), at(500, 150), false],
  ['through a polygon', polygon, at(-500, -50), at(500, -50), true],
  ['past a polygon', polygon, at(-500, -150), at(500, -150), false],
  ['across a corridor', corridor, at(500, -300), at(500, 300), true],
  ['beside a corridor', corridor, at(200, 100), at(800, 100), false],
])('a way goes %s or not', (_, shape, from, to, meets) => {
  expect(touches(shape, from, to)).toBe(meets)
})

const fence = (shape: Shape, more: Partial<Fence> = {}): Fence => ({
  geofenceId: 'yard',
  name: 'Yard',
  shape,
  dwellMs: undefined,
  speedLimitMetersPerSecond: undefined,
  routeId: undefined,
  ...more,
})

const limits = { speedMetersPerSecond: 22, longStopMs: 600_000 }

/** What is told of a bus that was seen so, one position after the other. */
function told(seen: readonly Seen[], fences: readonly Fence[], trip?: WatchedTrip): string[] {
  const index = new FenceIndex(fences)
  let watch: Watch | undefined
  return seen.flatMap((one) => {
    const next = step(watch ?? firstSight(one), one, { fences: index, trip, limits })
    // What a process keeps of a bus is JSON.
    watch = JSON.parse(JSON.stringify(next.watch)) as Watch
    return next.sighted.map(({ fact }) => {
      const where = 'call' in fact ? ` ${fact.call.sequence}${fact.isLast ? ' last' : ''}` : ''
      return `${(one.timeMs / 1_000).toFixed()} ${fact.kind}${where}`
    })
  })
}

const seen = (second: number, east: number, more: Partial<Seen> = {}): Seen => ({
  timeMs: second * 1_000,
  ...at(east),
  speedMetersPerSecond: 10,
  ...more,
})

describe('a geofence', () => {
  test.each<[string, Seen[], string[]]>([
    ['is entered and left once', [seen(0, -300), seen(1, 0), seen(2, 50), seen(3, 300)], ['1 entered', '3 exited']],
    ['is not left by a receiver that errs', [seen(0, 0), seen(1, 110), seen(2, 90), seen(3, 124)], ['0 entered']],
    ['is crossed between two positions', [seen(0, -500), seen(60, 500)], ['60 crossed']],
    ['is not crossed by a bus that brushes it', [seen(0, -110), seen(1, 110)], []],
    ['tells of a stay once', [0, 50, 100, 150, 200].map((s) => seen(s, 10)), ['0 entered', '100 dwelled']],
    ['is left also by a bus that was far away meanwhile', [seen(0, 0), seen(9, 90_000)], ['0 entered', '9 exited']],
    ['ignores what was measured before', [seen(5, 0), seen(3, 500), seen(6, 10)], ['5 entered']],
  ])('%s', (_, way, facts) => {
    expect(told(way, [fence(circle, { dwellMs: 100_000 })])).toEqual(facts)
  })

  test('that is very long is found from everywhere', () => {
    const long = fence({ kind: 'corridor', line: [at(0), at(400_000, 300_000)], radiusMeters: 200 })
    expect(told([seen(0, -5_000), seen(1, 0), seen(2, -5_000)], [long])).toEqual(['1 entered', '2 exited'])
  })
})

const call = (sequence: number, east: number, second: number) => ({
  sequence,
  stopId: `stop ${sequence}`,
  ...at(east),
  arrivalMs: second * 1_000,
  departureMs: second * 1_000,
})
const trip: WatchedTrip = {
  tripId: 'trip',
  routeId: 'route',
  isUnderway: true,
  calls: [call(0, 0, 0), call(1, 5_000, 300), call(2, 10_000, 600)],
}

describe('the stops of a trip', () => {
  test.each<[string, Seen[], string[], Partial<WatchedTrip>]>([
    [
      'are reached and left in order',
      [seen(0, 0), seen(60, 1_000), seen(300, 4_900), seen(320, 5_010), seen(340, 6_000), seen(600, 9_950)],
      ['0 arrived 0', '60 departed 0', '300 arrived 1', '340 departed 1', '600 arrived 2 last'],
      {},
    ],
    [
      'are told of also when the bus does not halt, and a phone is silent',
      [seen(0, 0), seen(60, 1_000), seen(300, 6_000), seen(590, 10_000)],
      ['0 arrived 0', '60 departed 0', '300 arrived 1', '300 departed 1', '590 arrived 2 last'],
      {},
    ],
    [
      'may be missed by a phone that began late',
      [seen(300, 5_000), seen(700, 9_900)],
      ['300 arrived 1', '700 departed 1', '700 arrived 2 last'].slice(0, 2),
      {},
    ],
    [
      'of a loop are not all reached at its beginning',
      [seen(0, 0), seen(10, 250), seen(12, 100), seen(300, 5_000), seen(320, 6_000), seen(600, 0)],
      ['0 arrived 0', '10 departed 0', '300 arrived 1', '320 departed 1', '600 arrived 2 last'],
      { calls: [call(0, 0, 0), call(1, 5_000, 300), call(2, 0, 600)] },
    ],
  ])('%s', (_, way, facts, changes) => {
    expect(told(way, [], { ...trip, ...changes })).toEqual(facts)
  })
})

describe('conduct', () => {
  const fast = (second: number, speed: number) => seen(second, second * 20, { speedMetersPerSecond: speed })
  test.each<[string, Seen[], string[], Fence[]]>([
    ['speeding is told once while it lasts', [0, 5, 10, 15, 20].map((s) => fast(s, 30)), ['10 speeding'], []],
    ['overtaking is not speeding', [fast(0, 30), fast(5, 30), fast(9, 20), fast(12, 30)], [], []],
    [
      'a geofence may ask for less',
      [0, 5, 10, 15].map((s) => seen(s, s, { speedMetersPerSecond: 12 })),
      ['0 entered', '10 speeding'],
      [fence(circle, { speedLimitMetersPerSecond: 8 })],
    ],
    ['a long stop on the way is told once', [0, 300, 600, 900].map((s) => seen(s, 2_000)), ['600 long stop'], []],
    [
      'a bus that leaves its corridor is told of after a while, and when it is back',
      [seen(0, 2_000), seen(10, 3_000), seen(40, 3_200), seen(90, 3_300), seen(100, 2_010)],
      ['0 entered', '10 exited', '40 off route', '100 entered', '100 back on route'],
      [fence({ kind: 'circle', center: at(2_000), radiusMeters: 500 }, { routeId: 'route' })],
    ],
  ])('%s', (_, way, facts, fences) => {
    expect(told(way, fences, { ...trip, calls: [] })).toEqual(facts)
  })
})
