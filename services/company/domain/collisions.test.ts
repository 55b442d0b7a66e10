import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { collisionsIn, mayDrive, type PlannedTrip, type PlanningRules } from './collisions.ts'

const free: PlanningRules = {
  minTurnMinutes: 0,
  minBreakMinutes: 0,
  minRestMinutes: 0,
  maxDutyMinutes: 0,
  licenceRequired: false,
  licenceClasses: [],
}

/** A trip of 20 November, from and to an hour; hours past 24 are of the day after. */
function trip(tripId: string, from: number, to: number, more: Partial<PlannedTrip> = {}): PlannedTrip {
  const at = (hour: number) => new Date(Date.parse('2026-11-20T00:00:00Z') + hour * 3_600_000)
  const base = { tripId, scheduleId: 's', serviceDate: '2026-11-20', busId: 'bus', driverUserId: undefined }
  return { ...base, departureTime: at(from), arrivalTime: at(to), state: 'SCHEDULED', ...more }
}

const told = (trips: readonly PlannedTrip[], rules: Partial<PlanningRules> = {}) =>
  collisionsIn(trips, { ...free, ...rules }).map(
    ({ kind, trips: those, minutes }) => `${kind} ${those.map(({ tripId }) => tripId).join(' ')} ${minutes}`,
  )

const driven = (tripId: string, from: number, to: number) =>
  trip(tripId, from, to, { busId: undefined, driverUserId: 'driver' })

describe('a bus', () => {
  test.each([
    ['one trip after the other', [trip('a', 8, 11), trip('b', 11, 14)], {}, []],
    ['two at a time', [trip('a', 8, 11), trip('b', 10.5, 14)], {}, ['BUS_OVERLAP a b -30']],
    ['listed the other way round', [trip('b', 10.5, 14), trip('a', 8, 11)], {}, ['BUS_OVERLAP a b -30']],
    [
      'one within another',
      [trip('a', 8, 20), trip('b', 10, 11), trip('c', 12, 13)],
      {},
      ['BUS_OVERLAP a b -600', 'BUS_OVERLAP a c -480'],
    ],
    ['a turn of 15 minutes', [trip('a', 8, 11), trip('b', 11.25, 14)], { minTurnMinutes: 15 }, []],
    [
      'a turn of 14 minutes',
      [trip('a', 8, 11), trip('b', 11.25 - 1 / 60, 14)],
      { minTurnMinutes: 15 },
      ['BUS_TURN a b 14'],
    ],
    ['two buses', [trip('a', 8, 11), trip('b', 9, 12, { busId: 'other' })], { minTurnMinutes: 15 }, []],
    ['no bus yet', [trip('a', 8, 11, { busId: undefined }), trip('b', 9, 12, { busId: undefined })], {}, []],
    ['a cancelled trip', [trip('a', 8, 11, { state: 'CANCELLED' }), trip('b', 9, 12)], {}, []],
    ['one that has arrived', [trip('a', 8, 11, { state: 'ARRIVED' }), trip('b', 10, 12)], {}, []],
  ])('with %s', (_, trips, rules, collisions) => {
    expect(told(trips, rules)).toEqual(collisions)
  })
})

describe('a driver', () => {
  const rules = { minBreakMinutes: 30, minRestMinutes: 600, maxDutyMinutes: 720 }
  test.each([
    ['there and back with a break', [driven('a', 6, 9), driven('b', 9.5, 12.5)], []],
    ['a break of 29 minutes', [driven('a', 6, 9), driven('b', 9.5 - 1 / 60, 12)], ['DRIVER_BREAK a b 29']],
    ['two trips at a time', [driven('a', 6, 9), driven('b', 8, 12)], ['DRIVER_OVERLAP a b -60']],
    ['a duty of twelve hours', [driven('a', 6, 9), driven('b', 15, 18)], []],
    ['a longer one', [driven('a', 6, 9), driven('b', 15.5, 18.5)], ['DRIVER_REST a b 750']],
    [
      'three trips, one too many',
      [driven('a', 6, 9), driven('b', 10, 13), driven('c', 16, 19)],
      ['DRIVER_REST a b c 780'],
    ],
    ['ten hours of rest', [driven('a', 14, 20), driven('b', 30, 36)], []],
    ['nine', [driven('a', 14, 20), driven('b', 29, 36)], ['DRIVER_REST a b 1320']],
    ['one trip longer than a duty', [driven('a', 6, 20)], []],
  ])('with %s', (_, trips, collisions) => {
    expect(told(trips, rules)).toEqual(collisions)
  })

  test('is asked for no rest where no duty ends', () => {
    expect(told([driven('a', 0, 12), driven('b', 12, 30)], { minRestMinutes: 600 })).toEqual([])
  })
})

test('two trips of a bus collide exactly when their times and turns overlap', () => {
  const spans = fc.array(fc.tuple(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 1, max: 120 })), {
    maxLength: 12,
  })
  fc.assert(
    fc.property(spans, fc.integer({ min: 0, max: 60 }), (times, turn) => {
      const trips = times.map(([from, length], i) => trip(`t${i}`, from / 60, (from + length) / 60))
      const expected = times.flatMap(([from, length], i) =>
        times.slice(i + 1).filter(([start, other]) => from < start + other + turn && start < from + length + turn),
      )
      expect(told(trips, { minTurnMinutes: turn })).toHaveLength(expected.length)
    }),
  )
})

test.each([
  ['none on file, none asked for', [], {}, true],
  ['none on file, one asked for', [], { licenceRequired: true }, false],
  ['good on all days', [['D', '2026-01-01', '2026-11-21']], { licenceRequired: true }, true],
  ['ends before the trip arrives', [['D', '2026-01-01', '2026-11-20']], {}, false],
  ['begins after it departs', [['D', '2026-11-21', '2030-01-01']], {}, false],
  ['of a class that counts', [['D', '2026-01-01', '2030-01-01']], { licenceClasses: ['D', 'D1'] }, true],
  ['of another class', [['B', '2026-01-01', '2030-01-01']], { licenceClasses: ['D', 'D1'] }, false],
  [
    'one of two that counts',
    [
      ['B', '2026-01-01', '2030-01-01'],
      ['D', '2026-01-01', '2030-01-01'],
    ],
    { licenceClasses: ['D'] },
    true,
  ],
] as const)('a licence, %s', (_, licences, rules, may) => {
  const all = licences.map(([licenceClass, validFromDate, validToDate]) => ({
    driverUserId: 'driver',
    ...{ licenceClass, validFromDate, validToDate },
  }))
  const days = { firstDate: '2026-11-20', lastDate: '2026-11-21' }
  expect(mayDrive(all, days, { ...free, ...rules })).toBe(may)
})
