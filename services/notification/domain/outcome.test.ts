import { expect, test } from 'vitest'
import { backoffAfter, verdictOn, type Attempted, type Outcome } from './outcome.ts'

const now = new Date('2026-11-20T08:00:00Z')
const inSeconds = (seconds: number) => new Date(now.getTime() + seconds * 1000)
const ticket: Attempted = { attemptCount: 1, expireTime: inSeconds(7200), repeatAfterSeconds: 600, isRepeat: false }
const accepted: Outcome = { kind: 'accepted', messageId: 'ATXid_1' }
const refused: Outcome = { kind: 'refused', reason: 'UserInBlacklist' }
const postponed: Outcome = { kind: 'postponed', reason: 'GatewayError' }
const unknown: Outcome = { kind: 'unknown', reason: 'no answer' }

test.each<[string, Outcome, Partial<Attempted>, string, Date | null]>([
  ['taken by the provider is sent', accepted, {}, 'SENT', null],
  ['refused for good has failed', refused, {}, 'FAILED', null],
  ['not taken for now waits 5 seconds', postponed, {}, 'QUEUED', inSeconds(5)],
  ['not taken a third time waits 2 minutes', postponed, { attemptCount: 3 }, 'QUEUED', inSeconds(120)],
  ['not taken until it is of no use has failed', postponed, { expireTime: inSeconds(5) }, 'FAILED', null],
  ['of unknown fate is repeated later', unknown, {}, 'UNKNOWN', inSeconds(600)],
  ['of unknown fate is repeated once only', unknown, { isRepeat: true }, 'UNKNOWN', null],
  ['of unknown fate that does harm twice is left', unknown, { repeatAfterSeconds: null }, 'UNKNOWN', null],
  ['of unknown fate that would come too late is left', unknown, { expireTime: inSeconds(600) }, 'UNKNOWN', null],
])('a message %s', (_, outcome, attempted, state, nextAttemptTime) => {
  expect(verdictOn(outcome, { ...ticket, ...attempted }, now)).toMatchObject({ state, nextAttemptTime })
})

test('waits grow to half an hour and stay there', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 100].map(backoffAfter)).toEqual([5, 30, 120, 300, 600, 1800, 1800, 1800])
})
