import fc from 'fast-check'
import { expect, test } from 'vitest'
import { accessOf, allows, type Grants, tenantsOf } from './access.ts'

const volcano = '01900000-0000-7000-8000-0000000000c1'
const horizon = '01900000-0000-7000-8000-0000000000c2'
const grants: Grants = {
  roles: [
    { role: 'passenger', tenantId: undefined, permissions: ['auth.profile.read', 'ticketing.bookings.create'] },
    { role: 'agent', tenantId: volcano, permissions: ['payment.cash.collect', 'ticketing.bookings.create'] },
    { role: 'manager', tenantId: horizon, permissions: ['company.*', 'company.trips.operate'] },
  ],
  permissions: [
    { permission: 'qr.tickets.verify', tenantId: undefined, condition: undefined },
    { permission: 'ledger.entries.read', tenantId: volcano, condition: { ownOnly: true } },
    { permission: 'payment.cash.collect', tenantId: undefined, condition: { ownOnly: true } },
  ],
}

test('acting for nobody, a user has only what holds everywhere [S1-14]', () => {
  expect(accessOf(grants, undefined)).toEqual({
    roles: ['passenger'],
    permissions: ['auth.profile.read', 'qr.tickets.verify', 'ticketing.bookings.create'],
    conditional: { 'payment.cash.collect': { ownOnly: true } },
  })
})

test('acting for a company, a user has the roles held there and none held elsewhere [S1-14]', () => {
  expect(accessOf(grants, volcano)).toEqual({
    roles: ['agent', 'passenger'],
    permissions: ['auth.profile.read', 'payment.cash.collect', 'qr.tickets.verify', 'ticketing.bookings.create'],
    conditional: { 'ledger.entries.read': { ownOnly: true } },
  })
})

test('what a wildcard covers is not said twice', () => {
  expect(accessOf(grants, horizon).permissions).toContain('company.*')
  expect(accessOf(grants, horizon).permissions).not.toContain('company.trips.operate')
})

test('a user works for the companies where a role is held', () => {
  expect(tenantsOf(grants)).toEqual([volcano, horizon])
})

test.each([
  [['company.*'], 'company.trips.operate', true],
  [['company.*'], 'companyx.trips.operate', false],
  [['*'], 'auth.roles.update', true],
  [['auth.profile.read'], 'auth.profile.update', false],
  [[], 'auth.profile.read', false],
])('%j allows %s: %s', (permissions, permission, allowed) => {
  expect(allows(permissions, permission)).toBe(allowed)
})

test('leaving out what is covered changes nothing about what is allowed', () => {
  const word = fc.constantFrom('auth', 'company', 'payment')
  const permission = fc.tuple(word, fc.constantFrom('a', 'b'), fc.constantFrom('read', 'write')).map((p) => p.join('.'))
  const entry = fc.oneof(
    permission,
    word.map((service) => `${service}.*`),
    fc.constant('*'),
  )
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 8 }), permission, (permissions, asked) => {
      const access = accessOf({ roles: [{ role: 'x', tenantId: undefined, permissions }], permissions: [] }, undefined)
      expect(allows(access.permissions, asked)).toBe(allows(permissions, asked))
    }),
  )
})
