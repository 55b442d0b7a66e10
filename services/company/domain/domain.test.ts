import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { money } from '#kit'
import { callsFault, callsFromDurations } from './calls.ts'
import { departuresFault, departuresIn, departuresOf } from './departures.ts'
import { fareBook, partFares, partsOf } from './fares.ts'
import { containing, folded } from './folded.ts'
import { patternFault, segmentsOf } from './pattern.ts'
import { duplicateSeat } from './seats.ts'
import { datesFrom, runsOn, serviceDaysFault } from './service_days.ts'
import { isTimeZone } from './time_zone.ts'
import { mayGo, type TripStateName } from './trip_state.ts'
import { tripsDue } from './trips_due.ts'

const week = {
  weekdays: [1, 2, 3, 4, 5],
  startDate: '2026-11-02',
  endDate: '2026-11-27',
  addedDates: ['2026-11-22', '2026-12-25'],
  removedDates: ['2026-11-25'],
  seasons: [
    { name: 'Fair', startDate: '2026-11-09', endDate: '2026-11-15', weekdays: [6, 7] },
    { name: 'Works', startDate: '2026-11-16', endDate: '2026-11-18', weekdays: [] },
  ],
}

test.each([
  ['2026-11-20', true, 'a Friday'],
  ['2026-11-21', false, 'a Saturday'],
  ['2026-11-22', true, 'an added Sunday'],
  ['2026-11-25', false, 'a removed Wednesday'],
  ['2026-11-14', true, 'a Saturday of a season of week-ends'],
  ['2026-11-13', false, 'a Friday of that season'],
  ['2026-11-17', false, 'a Tuesday of a season without trips'],
  ['2026-11-19', true, 'the day after it'],
  ['2026-10-30', false, 'before it begins'],
  ['2026-11-30', false, 'after it ends'],
  ['2026-12-25', true, 'added after it ends'],
])('a calendar on %s: %s, %s [S2-28]', (date, runs) => {
  expect(runsOn(week, date)).toBe(runs)
})

test.each([
  [{ ...week, endDate: '2026-11-01' }, '2026-11-01'],
  [{ ...week, startDate: '2026-02-30' }, '2026-02-30'],
  [{ ...week, removedDates: ['2026-11-22'] }, '2026-11-22'],
  [{ ...week, seasons: [{ ...week.seasons[0]!, endDate: '2026-11-08' }] }, '2026-11-08'],
  [{ ...week, seasons: [{ ...week.seasons[0]!, endDate: '2026-11-31' }] }, '2026-11-31'],
  [{ ...week, seasons: [{ ...week.seasons[0]!, startDate: '2026-11-01' }] }, '2026-11-01'],
  [{ ...week, seasons: [week.seasons[1]!, { ...week.seasons[0]!, endDate: '2026-11-16' }] }, '2026-11-16'],
])('a calendar that contradicts itself is refused with its date', (days, date) => {
  expect(serviceDaysFault(days)?.date).toBe(date)
})

test('dates run on over the end of a month', () => {
  expect(datesFrom('2026-11-29', 4)).toEqual(['2026-11-29', '2026-11-30', '2026-12-01', '2026-12-02'])
})

describe('trip states', () => {
  const states: TripStateName[] = ['SCHEDULED', 'BOARDING', 'DEPARTED', 'ARRIVED', 'CANCELLED']
  test('exactly five of the twenty-five ways are open [S2-31]', () => {
    const open = states.flatMap((from) => states.filter((to) => mayGo(from, to)).map((to) => `${from} ${to}`))
    expect(open).toEqual([
      'SCHEDULED BOARDING',
      'SCHEDULED CANCELLED',
      'BOARDING DEPARTED',
      'BOARDING CANCELLED',
      'DEPARTED ARRIVED',
    ])
  })
})

describe('departures', () => {
  const hour = 3600
  test('a window departs at its start and never at its end', () => {
    const window = { startSeconds: 6 * hour, endSeconds: 9 * hour, headwaySeconds: 300 }
    expect(departuresIn(window)).toHaveLength(36)
    expect(departuresIn({ ...window, headwaySeconds: 7000 })).toEqual([6 * hour, 6 * hour + 7000])
  })
  test('departures of windows that do not overlap are in order and all different', () => {
    const headways = fc.array(fc.integer({ min: 30, max: 5000 }), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(headways, (all) => {
        const windows = all.map((headwaySeconds, i) => ({
          startSeconds: i * hour,
          endSeconds: (i + 1) * hour,
          headwaySeconds,
        }))
        const departures = departuresOf({ startSeconds: undefined, windows: windows.toReversed() })
        expect(departuresFault({ startSeconds: undefined, windows })).toBeUndefined()
        expect(departures).toEqual([...new Set(departures)].sort((a, b) => a - b))
        expect(departures).toHaveLength(all.reduce((sum, headway) => sum + Math.ceil(hour / headway), 0))
      }),
    )
  })
  test('no time and no window is no departure, not one at midnight', () => {
    expect(departuresOf({ startSeconds: undefined, windows: [] })).toEqual([])
  })
})

test('a trip after midnight has the date of its evening and the instant of the night', () => {
  const template = {
    scheduleId: 's',
    days: week,
    timeZone: 'Africa/Nairobi',
    runningSeconds: 5 * 3600,
    startSeconds: 26 * 3600,
    windows: [],
  }
  const [due] = tripsDue([template], '2026-11-20')
  expect(due?.serviceDate).toBe('2026-11-20')
  expect(due?.departureTime.toISOString()).toBe('2026-11-20T23:00:00.000Z')
  expect(due?.arrivalTime.toISOString()).toBe('2026-11-21T04:00:00.000Z')
})

describe('fares', () => {
  const fare = (validFromDate: string, minor: number, validToDate: string | null = null) => ({
    fromStopId: 'a',
    toStopId: 'b',
    seatClass: 'STANDARD' as const,
    price: money('RWF', minor),
    validFromDate,
    validToDate,
  })
  const priceOn = (date: string, ...fares: ReturnType<typeof fare>[]) =>
    fareBook(fares, date).priceOf('a', 'b', 'STANDARD')?.minor
  test('the fare that began last counts, and an ended one does not', () => {
    const fares = [fare('2018-04-02', 100), fare('2020-10-14', 130, '2020-10-22'), fare('2024-03-16', 200)]
    expect(priceOn('2018-04-01', ...fares)).toBeUndefined()
    expect(priceOn('2020-10-14', ...fares)).toBe(130n)
    expect(priceOn('2020-10-23', ...fares)).toBe(100n)
    expect(priceOn('2026-11-20', ...fares.toReversed())).toBe(200n)
  })
  test('a part without a fare is left out, it is not free', () => {
    const book = fareBook([fare('2024-01-01', 100)], '2026-11-20')
    expect(partFares(['a', 'b', 'c'], ['STANDARD', 'VIP'], book)).toEqual([
      { fromSequence: 0, toSequence: 1, seatClass: 'STANDARD', price: money('RWF', 100) },
    ])
  })
  test('a line of n stops has n(n-1)/2 rides', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 60 }), (n) => partsOf(n).length === (n * (n - 1)) / 2))
  })
})

describe('patterns and calls', () => {
  const at = (stopId: string, km: number, minutes: number) => ({
    stopId,
    distanceMeters: km * 1000,
    durationSeconds: minutes * 60,
  })
  const line = [at('a', 0, 0), at('b', 48, 70), at('c', 135, 180)]
  test('segments add up to the whole line [S2-27]', () => {
    const legs = segmentsOf(line)
    expect(legs.map((leg) => [leg.fromStopId, leg.toStopId])).toEqual([
      ['a', 'b'],
      ['b', 'c'],
    ])
    expect(legs.reduce((sum, leg) => sum + leg.distanceMeters, 0)).toBe(135_000)
  })
  test.each([
    [line, undefined],
    [line.toReversed(), 0],
    [[at('a', 0, 0), at('b', 50, 60), at('c', 40, 90)], 2],
    [[at('a', 0, 0), at('b', 50, 60), at('c', 60, 50)], 2],
  ])('a pattern that runs backwards is refused where it does', (stops, fault) => {
    expect(patternFault(stops)).toBe(fault)
  })
  test('calls fit their pattern, begin at departure and never go back', () => {
    const calls = callsFromDurations(line)
    expect(callsFault(calls, 3)).toBeUndefined()
    expect(callsFault(calls, 4)).toMatch('3 calls for a pattern of 4 stops')
    expect(callsFault(calls.toReversed(), 3)).toMatch('depart at 0')
    expect(callsFault([calls[0]!, calls[2]!, calls[1]!], 3)).toMatch('arrives before')
    expect(callsFault([calls[0]!, { ...calls[1]!, departureSeconds: 0 }, calls[2]!], 3)).toMatch('departs before')
  })
})

test.each([
  ['Gisényi', 'gisenyi'],
  ['  Huye   Bus  Park ', 'huye bus park'],
  ['ŠTRASSE', 'strasse'],
])('%s is searched as %s', (text, expected) => {
  expect(folded(text)).toBe(expected)
})

test('wildcards of a search mean themselves', () => {
  expect(containing('50%_\\')).toBe('%50\\%\\_\\\\%')
})

test('a seat that shares label or place is named', () => {
  const seat = (label: string, row: number) => ({ label, seatClass: 'VIP' as const, deck: 0, row, column: 0 })
  expect(duplicateSeat([seat('1A', 0), seat('2A', 1)])).toBeUndefined()
  expect(duplicateSeat([seat('1A', 0), seat('1A', 1)])).toBe('1A')
  expect(duplicateSeat([seat('1A', 0), seat('2A', 0)])).toBe('2A')
})

test.each([
  ['Africa/Kigali', true],
  ['UTC', true],
  ['Africa/Atlantis', false],
  ['+02:00', false],
  ['', false],
])('time zone "%s": %s', (name, known) => {
  expect(isTimeZone(name)).toBe(known)
})
