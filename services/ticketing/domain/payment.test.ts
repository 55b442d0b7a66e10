import { money } from '#kit'
import { expect, test } from 'vitest'
import { judge, type PaidBooking } from './payment.ts'

const held: PaidBooking = {
  state: 'HELD',
  due: money('RWF', 6200n),
  paymentIntentId: 'intent',
  seatCount: 2,
  liveClaims: 2,
  rideable: true,
  refunded: false,
}
const paid = { amount: money('RWF', 6200n), paymentIntentId: 'intent' }

test.each<[string, Partial<PaidBooking>, Partial<typeof paid>, string]>([
  ['seats still held are sold', {}, {}, 'CONFIRM'],
  ['one seat was lost: others are looked for', { liveClaims: 1 }, {}, 'RESEAT'],
  ['the hold expired before', { state: 'EXPIRED', liveClaims: 0 }, {}, 'RESEAT'],
  ['the passenger had given the hold back', { state: 'RELEASED', liveClaims: 0 }, {}, 'REFUND'],
  ['the trip was cancelled, or the bus has left', { rideable: false }, {}, 'REFUND'],
  ['paid before: told twice', { state: 'CONFIRMED' }, {}, 'IGNORE'],
  ['cancelled after it was paid', { state: 'CANCELLED' }, {}, 'IGNORE'],
  ['given back before: told twice', { state: 'EXPIRED', refunded: true }, {}, 'IGNORE'],
  ['a franc too little', {}, { amount: money('RWF', 6199n) }, 'MISMATCH'],
  ['another currency', {}, { amount: money('UGX', 6200n) }, 'MISMATCH'],
  ['another payment', {}, { paymentIntentId: 'other' }, 'MISMATCH'],
])('a payment comes: %s', (_, booking, payment, verdict) => {
  expect(judge({ ...held, ...booking }, { ...paid, ...payment })).toBe(verdict)
})
