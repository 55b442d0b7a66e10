import { expect, test } from 'vitest'
import { brokenRule, type BrokenRule, type ConditionClaims, mayOn, type Resource } from './conditions.ts'
import { sessionFrom } from './session.ts'
import { money } from './values/money.ts'

const limit = { max_amount: '50000 RWF' }

test.each<[string, ConditionClaims, Resource, BrokenRule | undefined]>([
  ['no rule', {}, {}, undefined],
  ['her own', { own: 'true' }, { ownerUserId: 'alice' }, undefined],
  ["nobody's", { own: 'true' }, {}, 'own'],
  ['one of her stations', { stations: 'huye rubavu' }, { stationId: 'rubavu' }, undefined],
  ['part of a station', { stations: 'huye rubavu' }, { stationId: 'ruba' }, 'stations'],
  ['no station', { stations: 'huye' }, {}, 'stations'],
  ['at the limit', limit, { amount: money('RWF', 50_000n) }, undefined],
  ['over the limit', limit, { amount: money('RWF', 50_001n) }, 'max_amount'],
  ['another currency', limit, { amount: money('KES', 1n) }, 'max_amount'],
  ['a limit that cannot be read', { max_amount: 'plenty' }, { amount: money('RWF', 1n) }, 'max_amount'],
  ['a rule of a later release', { weekday: 'friday' }, {}, 'unknown'],
  ['a name that every object has', { toString: 'x' }, {}, 'unknown'],
])('a condition meets %s', (_case, condition, resource, broken) => {
  expect(brokenRule(condition, 'alice', resource)).toBe(broken)
})

test('a permission holds outright, or under its condition, or not at all [S1-15]', () => {
  const conditions = { 'payment.cash.collect': limit }
  const session = sessionFrom({ kind: 'user', userId: 'alice', permissions: ['qr.tickets.verify'], conditions })
  const amount = money('RWF', 60_000n)
  expect(mayOn(session, 'qr.tickets.verify', { amount })).toBe(true)
  expect(mayOn(session, 'payment.cash.collect', { amount })).toBe(false)
  expect(mayOn(session, 'payment.cash.collect', { amount: money('RWF', 10n) })).toBe(true)
  expect(mayOn(session, 'payment.ledger.read', {})).toBe(false)
})
