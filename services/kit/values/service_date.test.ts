import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addDays,
  daysBetween,
  formatGtfsTime,
  isServiceDate,
  parseGtfsDate,
  parseGtfsTime,
  serviceDateOf,
  serviceInstant,
  serviceSeconds,
  weekdayOf,
} from './index.ts'

const anyDate = fc.integer({ min: 0, max: 36_500 }).map((days) => addDays('1990-01-01', days))
const anyZone = fc.constantFrom(
  'Africa/Kigali',
  'Africa/Nairobi',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
)

describe('instants of a timetable', () => {
  test.each([
    ['Africa/Kigali', '2026-11-20', '06:00:00', '2026-11-20T04:00:00Z'],
    ['Africa/Kigali', '2026-11-20', '25:10:00', '2026-11-20T23:10:00Z'],
    ['Africa/Nairobi', '2026-12-31', '24:00:00', '2026-12-31T21:00:00Z'],
    ['Europe/Berlin', '2026-03-29', '08:00:00', '2026-03-29T06:00:00Z'], // clocks go forward at 2
    ['Europe/Berlin', '2026-03-29', '01:00:00', '2026-03-28T23:00:00Z'], // noon minus 12 h is 23:00 the day before
    ['Europe/Berlin', '2026-10-25', '08:00:00', '2026-10-25T07:00:00Z'], // clocks go back at 3
    ['America/New_York', '2026-03-08', '26:00:00', '2026-03-09T06:00:00Z'],
    ['Pacific/Auckland', '2026-07-01', '00:00:00', '2026-06-30T12:00:00Z'],
  ])('%s on %s, %s is %s', (zone, date, time, instant) => {
    expect(serviceInstant(date, parseGtfsTime(time), zone)).toEqual(new Date(instant))
    expect(serviceSeconds(new Date(instant), date, zone)).toBe(parseGtfsTime(time))
  })

  test('noon of every service date is twelve o’clock on the clocks of every zone', () => {
    fc.assert(
      fc.property(anyDate, anyZone, (date, zone) => {
        const noon = serviceInstant(date, 12 * 3600, zone)
        expect(serviceDateOf(noon, zone)).toBe(date)
        expect(noon.toLocaleTimeString('en-GB', { timeZone: zone })).toBe('12:00:00')
      }),
    )
  })

  test('in Rwanda and Kenya the service day begins at midnight', () => {
    fc.assert(
      fc.property(anyDate, fc.constantFrom('Africa/Kigali', 'Africa/Nairobi'), (date, zone) => {
        const start = serviceInstant(date, 0, zone)
        expect(serviceDateOf(start, zone)).toBe(date)
        expect(serviceDateOf(new Date(start.getTime() - 1), zone)).toBe(addDays(date, -1))
      }),
    )
  })

  test('a date or zone that does not exist is refused', () => {
    expect(() => serviceInstant('2026-02-29', 0, 'Africa/Kigali')).toThrow(RangeError)
    expect(() => serviceInstant('2026-02-28', 0, 'Africa/Atlantis')).toThrow(RangeError)
    expect(() => serviceDateOf(new Date(Number.NaN), 'Africa/Kigali')).toThrow(RangeError)
  })
})

describe('times of a service day', () => {
  test.each([
    ['6:00:00', 21_600],
    ['06:00:00', 21_600],
    [' 6:00:00 ', 21_600],
    ['00:00:00', 0],
    ['25:10:00', 90_600],
    ['100:00:01', 360_001],
  ])('"%s" is %d seconds', (text, seconds) => {
    expect(parseGtfsTime(text)).toBe(seconds)
  })

  test.each(['', '6:00', '06:60:00', '06:00:60', '-1:00:00', '06:00:00 PM', '6:0:0', 'noon'])(
    '"%s" is refused',
    (text) => {
      expect(() => parseGtfsTime(text)).toThrow(RangeError)
    },
  )

  test('every time is read back as it was written', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 999 * 3600 }),
        (s) => void expect(parseGtfsTime(formatGtfsTime(s))).toBe(s),
      ),
    )
    expect(formatGtfsTime(90_600)).toBe('25:10:00')
    expect(() => formatGtfsTime(-1)).toThrow(RangeError)
    expect(() => formatGtfsTime(0.5)).toThrow(RangeError)
  })
})

describe('dates', () => {
  test.each(['2026-11-20', '2024-02-29', '2000-02-29', '0001-01-01'])('%s is a date', (text) => {
    expect(isServiceDate(text)).toBe(true)
  })

  test.each([
    '',
    '2026-02-29',
    '1900-02-29',
    '2026-02-31',
    '2026-13-01',
    '2026-1-1',
    '20261120',
    '2026-11-20T00:00',
    '+02026-11-20',
  ])('"%s" is not a date', (text) => {
    expect(isServiceDate(text)).toBe(false)
    expect(() => addDays(text, 1)).toThrow(RangeError)
  })

  test('a GTFS date has no dashes', () => {
    expect(parseGtfsDate('20261120')).toBe('2026-11-20')
    for (const text of ['2026-11-20', '20260229', '', '202611']) expect(() => parseGtfsDate(text)).toThrow(RangeError)
  })

  test('days are counted over months, years and leap days', () => {
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01')
    expect(addDays('2028-03-01', -1)).toBe('2028-02-29')
    expect(daysBetween('2026-11-20', '2027-11-20')).toBe(365)
    fc.assert(
      fc.property(
        anyDate,
        fc.integer({ min: -400, max: 400 }),
        (date, days) => void expect(daysBetween(date, addDays(date, days))).toBe(days),
      ),
    )
  })

  test('the week begins on Monday', () => {
    const week = Array.from({ length: 7 }, (_, i) => weekdayOf(addDays('2026-11-16', i)))
    expect(week).toEqual([1, 2, 3, 4, 5, 6, 7])
  })
})
