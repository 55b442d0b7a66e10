import { expect, test } from 'vitest'
import { money } from '#kit'
import {
  judgeMove,
  judgeReroute,
  type LuggageMove,
  type LuggageState,
  luggageFee,
  type MoveVerdict,
} from './luggage.ts'

const states: LuggageState[] = ['REGISTERED', 'LOADED', 'UNLOADED', 'HANDED_OVER', 'LOST', 'CANCELLED']
const piece = { fromSequence: 1, toSequence: 3, paid: true }

const may: [LuggageMove, number, Partial<Record<LuggageState, LuggageState | 'SAME'>>][] = [
  ['LOAD', 1, { REGISTERED: 'LOADED', LOADED: 'SAME' }],
  ['UNLOAD', 3, { LOADED: 'UNLOADED', UNLOADED: 'SAME' }],
  ['HAND_OVER', 3, { UNLOADED: 'HANDED_OVER', HANDED_OVER: 'SAME' }],
  ['LOSE', 2, { REGISTERED: 'LOST', LOADED: 'LOST', UNLOADED: 'LOST', LOST: 'SAME' }],
  ['FIND', 2, { LOST: 'UNLOADED', UNLOADED: 'SAME' }],
  ['CANCEL', 1, { REGISTERED: 'CANCELLED', CANCELLED: 'SAME' }],
]

test.each(may)('%s at call %i is done with a piece in these states, and with no other', (move, sequence, table) => {
  for (const state of states) {
    const to = table[state]
    const expected: MoveVerdict = to === undefined ? { fault: 'STATE' } : to === 'SAME' ? 'SAME' : { to }
    expect(judgeMove({ ...piece, state }, move, sequence), state).toEqual(expected)
  }
})

test('a piece is loaded where it was taken in and unloaded where it goes, and travels paid', () => {
  expect(judgeMove({ ...piece, state: 'REGISTERED' }, 'LOAD', 0)).toEqual({ fault: 'STOP', belongsTo: 1 })
  expect(judgeMove({ ...piece, state: 'LOADED' }, 'UNLOAD', 2)).toEqual({ fault: 'STOP', belongsTo: 3 })
  expect(judgeMove({ ...piece, state: 'REGISTERED', paid: false }, 'LOAD', 1)).toEqual({ fault: 'UNPAID' })
})

const at = { tripId: 'one', fromSequence: 0, toSequence: 2 }
test.each([
  ['REGISTERED', at, 'SAME'],
  ['REGISTERED', { ...at, tripId: 'other' }, 'REGISTERED'],
  ['REGISTERED', { ...at, toSequence: 3 }, 'REGISTERED'],
  ['LOADED', at, 'REGISTERED'],
  ['UNLOADED', { ...at, fromSequence: 1 }, 'REGISTERED'],
  ['HANDED_OVER', { ...at, tripId: 'other' }, 'FAULT'],
  ['LOST', { ...at, tripId: 'other' }, 'FAULT'],
  ['CANCELLED', { ...at, tripId: 'other' }, 'FAULT'],
] as const)('a piece that is %s is sent %j: %s', (state, way, expected) => {
  expect(judgeReroute({ ...at, state }, way)).toBe(expected)
})

const fee = money('RWF', 500)
test.each([
  [{ before: 0, more: 2 }, 2, fee, money('RWF', 0)],
  [{ before: 0, more: 3 }, 2, fee, money('RWF', 500)],
  [{ before: 2, more: 2 }, 2, fee, money('RWF', 1_000)],
  [{ before: 4, more: 1 }, 2, fee, money('RWF', 500)],
  [{ before: 1, more: 1 }, 2, undefined, money('RWF', 0)],
  [{ before: 1, more: 2 }, 2, undefined, undefined],
  [{ before: 0, more: 1 }, 0, money('KES', 500), undefined],
])('%j with %i free pieces costs each further piece, once', (pieces, free, extra, expected) => {
  expect(luggageFee(pieces, free, extra, 'RWF')).toEqual(expected)
})
