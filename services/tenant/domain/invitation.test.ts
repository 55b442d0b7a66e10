import fc from 'fast-check'
import { expect, test } from 'vitest'
import { admit, type Admission, type Invited, type Visitor } from './invitation.ts'

const now = new Date('2026-11-20T08:00:00Z')
const [earlier, later] = [new Date('2026-11-19T08:00:00Z'), new Date('2026-11-27T08:00:00Z')]
const phone = '+250788123456'
const open: Invited = {
  phone,
  email: null,
  expireTime: later,
  acceptTime: null,
  acceptUserId: null,
  revokeTime: null,
}
const alice: Visitor = { userId: 'alice', verifiedPhone: phone, verifiedEmail: undefined, holdsToken: false }
const bob: Visitor = { userId: 'bob', verifiedPhone: undefined, verifiedEmail: 'bob@example.rw', holdsToken: false }
const accepted = { ...open, acceptTime: earlier, acceptUserId: 'alice' }

test.each<[string, Invited, Visitor, Admission]>([
  ['the invited phone number joins', open, alice, 'JOIN'],
  ['another person does not learn that it exists', open, bob, 'UNKNOWN'],
  ['whoever holds the token joins', open, { ...bob, holdsToken: true }, 'JOIN'],
  ['an invited address joins', { ...open, phone: null, email: 'bob@example.rw' }, bob, 'JOIN'],
  ['a guest with the token does not', open, { ...bob, verifiedEmail: undefined, holdsToken: true }, 'UNVERIFIED'],
  ['after seven days nobody joins', { ...open, expireTime: now }, alice, 'EXPIRED'],
  ['once revoked, nobody joins', { ...open, revokeTime: earlier }, alice, 'REVOKED'],
  ['a repeat by the same person is the same', accepted, alice, 'JOINED_BEFORE'],
  ['a second person with the token is too late', accepted, { ...bob, holdsToken: true }, 'ACCEPTED'],
])('invitation: %s [S4-18]', (_rule, invited, visitor, admission) => {
  expect(admit(invited, visitor, now)).toBe(admission)
})

test('nobody joins without the token or the invited contact, whatever else is true', () => {
  const time = fc.constantFrom(null, earlier, later)
  const visitor = fc.record({
    userId: fc.constantFrom('alice', 'bob'),
    verifiedPhone: fc.constantFrom(undefined, '+254711000111'),
    verifiedEmail: fc.constantFrom(undefined, 'bob@example.rw'),
    holdsToken: fc.constant(false),
  })
  fc.assert(
    fc.property(time, time, visitor, (acceptTime, revokeTime, who) => {
      const invited = { ...open, acceptTime, acceptUserId: acceptTime && 'alice', revokeTime }
      expect(admit(invited, who, now)).toBe('UNKNOWN')
    }),
  )
})
