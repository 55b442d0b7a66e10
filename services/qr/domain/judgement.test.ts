import { expect, test } from 'vitest'
import { judge, type Boarding, type TicketHistory } from './judgement.ts'

const ticket = {
  tenantId: 'A',
  tripId: 'T',
  fromSequence: 1,
  toSequence: 4,
  expireTime: new Date('2026-11-21T00:00:00Z'),
}
const here: Boarding = { tenantId: 'A', tripId: 'T', stopSequence: 1, now: new Date('2026-11-20T06:00:00Z') }
const fresh: TicketHistory = { isRevoked: false, isBoarded: false }
const late = { now: ticket.expireTime }

test.each<[string, Partial<Boarding>, Partial<TicketHistory>, string]>([
  ['at its first stop', {}, {}, 'VALID'],
  ['at a later stop before its last', { stopSequence: 3 }, {}, 'VALID'],
  ['before its first stop', { stopSequence: 0 }, {}, 'WRONG_LEG'],
  ['at its last stop', { stopSequence: 4 }, {}, 'WRONG_LEG'],
  ['on another trip', { tripId: 'U' }, {}, 'WRONG_TRIP'],
  ['on another company’s bus', { tenantId: 'B' }, {}, 'WRONG_TRIP'],
  ['when boarded before', {}, { isBoarded: true }, 'ALREADY_BOARDED'],
  ['when its time is over', late, {}, 'EXPIRED'],
  ['a moment before its time is over', { now: new Date(late.now.getTime() - 1) }, {}, 'VALID'],
  [
    'revoked and all else wrong',
    { ...late, tripId: 'U', stopSequence: 9 },
    { isRevoked: true, isBoarded: true },
    'REVOKED',
  ],
  [
    'on another trip and all after it wrong',
    { ...late, tripId: 'U', stopSequence: 9 },
    { isBoarded: true },
    'WRONG_TRIP',
  ],
  ['off its leg and all after it wrong', { ...late, stopSequence: 9 }, { isBoarded: true }, 'WRONG_LEG'],
  ['boarded and too late', late, { isBoarded: true }, 'ALREADY_BOARDED'],
])('a ticket %s is %s', (_, boarding, history, judgement) => {
  expect(judge(ticket, { ...here, ...boarding }, { ...fresh, ...history })).toBe(judgement)
})
