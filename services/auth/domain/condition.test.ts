import { money, type Resource } from '#kit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Condition, conditionClaims, decide, type Decision, isEmpty } from './condition.ts'

const alice = '01900000-0000-7000-8000-00000000000a'
const bob = '01900000-0000-7000-8000-00000000000b'
const nyabugogo = '01900000-0000-7000-8000-0000000000f1'
const remera = '01900000-0000-7000-8000-0000000000f2'
const upTo50k: Condition = { maxAmount: money('RWF', 50_000n) }

test.each<[string, Condition, Resource, Decision]>([
  ['no rule, no refusal', {}, {}, 'ALLOWED'],
  ['her own', { ownOnly: true }, { ownerUserId: alice }, 'ALLOWED'],
  ["somebody else's", { ownOnly: true }, { ownerUserId: bob }, 'NOT_OWNER'],
  ["nobody's", { ownOnly: true }, {}, 'NOT_OWNER'],
  ['at her station', { stationIds: [nyabugogo] }, { stationId: nyabugogo }, 'ALLOWED'],
  ['at another station', { stationIds: [nyabugogo] }, { stationId: remera }, 'OTHER_STATION'],
  ['at no station', { stationIds: [nyabugogo] }, {}, 'OTHER_STATION'],
  ['at one of two stations', { stationIds: [nyabugogo, remera] }, { stationId: remera }, 'ALLOWED'],
  ['at her limit', upTo50k, { amount: money('RWF', 50_000n) }, 'ALLOWED'],
  ['over her limit', upTo50k, { amount: money('RWF', 50_001n) }, 'AMOUNT_TOO_HIGH'],
  ['in another currency', upTo50k, { amount: money('KES', 1n) }, 'AMOUNT_TOO_HIGH'],
  ['where no money moves', upTo50k, {}, 'ALLOWED'],
  [
    'two rules, one broken',
    { ...upTo50k, stationIds: [nyabugogo] },
    { stationId: nyabugogo, amount: money('RWF', 60_000n) },
    'AMOUNT_TOO_HIGH',
  ],
])('a permission under a condition, %s', (_case, condition, resource, decision) => {
  expect(decide(condition, alice, resource)).toBe(decision)
})

test('an empty condition is none', () => {
  expect(isEmpty({ ownOnly: false, stationIds: [] })).toBe(true)
  expect(isEmpty(upTo50k)).toBe(false)
})

test('a token carries a condition as texts', () => {
  expect(conditionClaims({ ownOnly: true, stationIds: [nyabugogo, remera], ...upTo50k })).toEqual({
    own: 'true',
    stations: `${nyabugogo} ${remera}`,
    max_amount: '50000 RWF',
  })
})

test('another rule never opens what was shut', () => {
  const station = fc.constantFrom(nyabugogo, remera)
  const amount = fc.bigInt({ min: 0n, max: 100_000n }).map((minor) => money('RWF', minor))
  const condition = fc.record(
    { ownOnly: fc.boolean(), stationIds: fc.array(station, { maxLength: 2 }), maxAmount: amount },
    { requiredKeys: [] },
  )
  const resource = fc.record(
    { ownerUserId: fc.constantFrom(alice, bob), stationId: station, amount },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(condition, resource, (rules, thing) => {
      if (decide(rules, alice, thing) === 'ALLOWED') return
      expect(decide({ ownOnly: true, ...rules }, alice, thing)).not.toBe('ALLOWED')
      expect(decide({ stationIds: [remera], ...rules }, alice, thing)).not.toBe('ALLOWED')
      expect(decide({ ...upTo50k, ...rules }, alice, thing)).not.toBe('ALLOWED')
    }),
  )
})
