import { expect, test } from 'vitest'
import { type MatchedStop, suggest } from './suggestion.ts'

const stop = (stopId: string, stopName: string, town: string, townFits: boolean): MatchedStop => ({
  stopId,
  tenantId: 'company',
  stopName,
  town,
  townKey: town.toLowerCase(),
  townFits,
})

test('a town that fits is suggested once, before its stops', () => {
  const matches = [stop('1', 'Nyabugogo', 'Kigali', true), stop('2', 'Remera', 'Kigali', true)]
  expect(suggest(matches, 8).map(({ kind, label }) => `${kind} ${label}`)).toEqual([
    'TOWN Kigali',
    'STOP Nyabugogo, Kigali',
    'STOP Remera, Kigali',
  ])
})

test('a stop that fits does not bring its town along, nor does a stop without one', () => {
  const matches = [stop('1', 'Nyabugogo', 'Kigali', false), stop('2', 'Nyabikenke', '', true)]
  expect(suggest(matches, 8).map(({ label }) => label)).toEqual(['Nyabugogo, Kigali', 'Nyabikenke'])
})

test('never more than asked for', () => {
  expect(suggest([stop('1', 'Huye', 'Huye', true), stop('2', 'Huye Campus', 'Huye', true)], 2)).toHaveLength(2)
})
