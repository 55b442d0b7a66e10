import { expect, test } from 'vitest'
import { randomOf } from '../world/random.ts'
import { checkoutRequestId, compactTime, conversationId, dottedTime, merchantRequestId, receiptNumber } from './ids.ts'

const random = randomOf(1)

test.each([
  ['2019-12-19T08:00:00Z', 'NLJ'],
  ['2024-07-06T08:00:00Z', 'SG6'],
  ['2026-04-29T08:00:00Z', 'UDT'],
  ['2026-11-20T08:00:00Z', 'UKK'],
  ['2027-01-31T08:00:00Z', 'VAV'],
  ['2026-11-19T21:30:00Z', 'UKK'], // already the 20th in Nairobi
])('a receipt of %s begins with %s', (instant, prefix) => {
  expect(receiptNumber(new Date(instant), random)).toMatch(new RegExp(`^${prefix}[A-Z0-9]{7}$`))
})

test('ids have the forms that Safaricom documents [S4-28]', () => {
  const instant = new Date('2024-07-10T17:24:09.152Z')
  expect(checkoutRequestId(instant, '254717239619')).toBe('ws_CO_10072024202409152717239619')
  expect(merchantRequestId(random)).toMatch(/^[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{16}$/)
  expect(conversationId(instant, random)).toMatch(/^AG_20240710_[0-9a-f]{20}$/)
  expect(compactTime(instant)).toBe('20240710202409')
  expect(dottedTime(instant)).toBe('10.07.2024 20:24:09')
})

test('a seed makes draws repeatable', () => {
  const draw = () => randomOf(7).text('0123456789', 12)
  expect(draw()).toBe(draw())
  expect(randomOf(8).text('0123456789', 12)).not.toBe(draw())
})
