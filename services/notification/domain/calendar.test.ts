import { expect, test } from 'vitest'
import { longInstant, shortInstant } from './calendar.ts'

const departure = new Date('2026-11-20T06:00:00Z')

test.each([
  ['en', 'Fri 20/11 08:00', 'Friday 20 November 2026, 08:00'],
  ['rw', 'Kuwa gatanu 20/11 08:00', 'Kuwa gatanu 20 Ugushyingo 2026, 08:00'],
  ['fr', 'ven 20/11 08:00', 'vendredi 20 novembre 2026, 08:00'],
  ['sw', 'Ijumaa 20/11 08:00', 'Ijumaa 20 Novemba 2026, 08:00'],
] as const)('a departure reads in %s [S3-37] [S3-38] [S3-39]', (language, short, long) => {
  expect(shortInstant(departure, 'Africa/Kigali', language)).toBe(short)
  expect(longInstant(departure, 'Africa/Kigali', language)).toBe(long)
})

test('the clock is that of the trip: midnight in Nairobi is 00:00 of the day that begins', () => {
  expect(shortInstant(new Date('2026-11-20T21:00:00Z'), 'Africa/Nairobi', 'en')).toBe('Sat 21/11 00:00')
})

test('a zone that does not exist is refused', () => {
  expect(() => shortInstant(departure, 'Africa/Atlantis', 'en')).toThrow(RangeError)
})
