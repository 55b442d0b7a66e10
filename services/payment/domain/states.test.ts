import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { comingTo, isFinalIntentState, transitions } from './states.ts'

const folder = new URL('../migrations/', import.meta.url)
/** The function behind the constraint as the latest migration leaves it: each that widens the table writes all of it. */
const allowed = readdirSync(folder)
  .sort()
  .flatMap(
    (name) => /function state_may_change\([\s\S]*?\n *end \$\$/.exec(readFileSync(new URL(name, folder), 'utf8')) ?? [],
  )
  .at(-1)!

const document = readFileSync(new URL('../../../docs/payments.md', import.meta.url), 'utf8')
const table: Record<string, Record<string, readonly string[]>> = transitions

/** The transitions that the document explains under an entity's heading. */
function explained(entity: string): string[] {
  const [, section = ''] = new RegExp(`^### ${entity}: ([\\s\\S]*?)(?=^#)`, 'm').exec(document) ?? []
  return [...section.matchAll(/^\| ([A-Z_]+) \| ([A-Z_]+) \| \S/gm)].map(([, from, to]) => `${from} ${to}`)
}

describe('states', () => {
  test.each(Object.entries(table))(
    'the document explains every way of %s, and says which states stay',
    (entity, states) => {
      const ways = Object.entries(states).flatMap(([from, targets]) => targets.map((to) => `${from} ${to}`))
      expect(explained(entity).sort()).toEqual(ways.sort())
      const [, section = ''] = document.split(`### ${entity}: `)
      const stay = Object.keys(states).filter((state) => states[state]?.length === 0)
      const [, sentence = ''] = /^([A-Z_, and]+) stays?[.;]/m.exec(section) ?? []
      expect(sentence.match(/[A-Z_]{2,}/g)?.sort()).toEqual(stay.sort())
    },
  )

  test('the database allows exactly the transitions of the table', () => {
    const inDatabase = [...allowed.matchAll(/'([A-Z]+ \w+ \w+)'/g)].map(([, way]) => way).sort()
    const inTable = Object.entries(table).flatMap(([entity, states]) =>
      Object.entries(states).flatMap(([from, targets]) => targets.map((to) => `${entity} ${from} ${to}`)),
    )
    expect(inDatabase).toEqual(inTable.sort())
  })

  test('nothing leads away from a payment that succeeded', () => {
    expect(transitions.INTENT.SUCCEEDED).toEqual([])
    expect(transitions.ATTEMPT.SUCCEEDED).toEqual([])
    expect(transitions.REFUND.SUCCEEDED).toEqual([])
    expect(transitions.PAYOUT.SUCCEEDED).toEqual([])
  })

  test('money that comes late is taken from every state in which it may come', () => {
    expect(comingTo('INTENT', 'SUCCEEDED')).toEqual(['REQUIRES_PAYMENT', 'PROCESSING', 'EXPIRED', 'CANCELLED'])
    expect(comingTo('ATTEMPT', 'SUCCEEDED')).toEqual(['CREATED', 'PENDING', 'UNKNOWN', 'FAILED'])
  })

  test('an attempt that may have reached the provider is never sent again', () => {
    expect(comingTo('ATTEMPT', 'CREATED')).toEqual(['RETRYING'])
    expect(comingTo('ATTEMPT', 'RETRYING')).toEqual(['CREATED'])
  })

  test.each([
    ['REQUIRES_PAYMENT', false],
    ['PROCESSING', false],
    ['SUCCEEDED', true],
    ['EXPIRED', true],
    ['CANCELLED', true],
  ] as const)('a watcher of an intent in %s is done: %s', (state, done) => {
    expect(isFinalIntentState(state)).toBe(done)
  })
})
