import { decodeJwt } from 'jose'
import { expect } from 'vitest'
import { placements, type Suite } from '#kit/testing'
import { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import { MemberInvitedSchema, MemberJoinedSchema, MemberRemovedSchema } from '#gen/tms/tenant/v1/events_pb.ts'
import { Invitation_State as State } from '#gen/tms/tenant/v1/invitation_pb.ts'
import { MemberRole_State as RoleState } from '#gen/tms/tenant/v1/member_pb.ts'
import auth from '../../auth/service.ts'
import { logIn, present, reasonFor, signUp, inMemory, withAuth } from '../testing/people.ts'
import { seedTenants } from '../seed.ts'
import tenant from '../service.ts'
import type { Ctx } from '../context.ts'
import { company, email, managerOf, phone, platform, rwanda, tokenSent, uuid, visitor } from '../testing/companies.ts'

const alice = '+250788000004'
const bob = '+250788000005'
const carol = 'carol@example.rw'

/** A company whose first manager, Alice, is invited; Bob and Carol have accounts. */
async function setUp(suite: Suite) {
  const [aliceId = '', bobId = '', carolId = ''] = await signUp(suite, ['Alice', alice], ['Bob', bob], ['Carol', carol])
  const made = company('volcano-express', alice)
  const { invitation } = await platform(suite).createTenant(made)
  const { tenantId } = made
  const invite = (contact: ReturnType<typeof phone> | ReturnType<typeof email>, role: string) =>
    managerOf(suite, tenantId).inviteMember({ invitationId: uuid(), contact, role, language: '' })
  return { tenantId, aliceId, bobId, carolId, first: present(invitation).invitationId, invite }
}

placements(
  'the invited manager joins with the token, signs in for the company and is listed by name [S4-18]',
  [auth, tenant],
  async (suite) => {
    const { tenantId, aliceId, first } = await setUp(suite)
    const proof = { case: 'token' as const, value: await tokenSent(suite, first) }
    const joined = await visitor(suite, aliceId).acceptInvitation({ proof })
    expect(joined).toMatchObject({ tenantId, member: { userId: aliceId, displayName: 'Alice' } })
    expect(joined.member?.roles).toMatchObject([{ role: 'manager', state: RoleState.ACTIVE }])
    const tokens = await logIn(suite, alice)
    expect(decodeJwt(tokens.accessToken)).toMatchObject({ tid: tenantId, roles: ['manager', 'passenger'] })
    const { members } = await managerOf(suite, tenantId).listMembers({})
    expect(members).toMatchObject([{ userId: aliceId, displayName: 'Alice', phone: alice }])
    expect(await suite.published(MemberJoinedSchema)).toMatchObject([{ tenantId, userId: aliceId, role: 'manager' }])
    const { invitations } = await managerOf(suite, tenantId).listInvitations({})
    expect(invitations).toMatchObject([{ state: State.ACCEPTED, acceptUserId: aliceId }])
  },
  withAuth,
)

placements(
  'an invitation waits for the holder of its phone number or address, and for nobody else [S4-18]',
  [auth, tenant],
  async (suite) => {
    const { aliceId, bobId, carolId, tenantId, invite } = await setUp(suite)
    const byPhone = present((await invite(phone(bob), 'driver')).invitation)
    const byMail = present((await invite(email('Carol@Example.RW'), 'agent')).invitation)
    const waiting = async (userId: string) => {
      const { invitations } = await visitor(suite, userId).listMyInvitations({})
      return invitations.map(({ invitationId, tenantName, role }) => [invitationId, tenantName, role])
    }
    expect(await waiting(bobId)).toEqual([[byPhone.invitationId, 'volcano-express', 'driver']])
    expect(await waiting(carolId)).toEqual([[byMail.invitationId, 'volcano-express', 'agent']])
    const accept = (userId: string, invitationId: string) =>
      visitor(suite, userId).acceptInvitation({ proof: { case: 'invitationId', value: invitationId } })
    expect(await reasonFor(accept(aliceId, byPhone.invitationId))).toBe('INVITATION_UNKNOWN')
    expect(await reasonFor(accept(bobId, uuid()))).toBe('INVITATION_UNKNOWN')
    expect((await accept(bobId, byPhone.invitationId)).tenantId).toBe(tenantId)
    expect((await accept(carolId, byMail.invitationId)).member?.roles).toMatchObject([{ role: 'agent' }])
    expect(await waiting(bobId)).toEqual([])
    const events = await suite.published(MemberInvitedSchema)
    expect(events.at(-1)).toMatchObject({ email: carol, phone: '', language: 'rw', tenantName: 'volcano-express' })
  },
  withAuth,
)

placements(
  'an invitation is refused when it ran out, was revoked, or was accepted by another [S4-18]',
  [auth, tenant],
  async (suite) => {
    const { tenantId, aliceId, bobId, first, invite } = await setUp(suite)
    const manager = managerOf(suite, tenantId)
    const withToken = async (userId: string, invitationId: string) => {
      const value = await tokenSent(suite, invitationId)
      return reasonFor(visitor(suite, userId).acceptInvitation({ proof: { case: 'token', value } }))
    }
    const revoked = present((await invite(phone(bob), 'driver')).invitation).invitationId
    expect((await manager.revokeInvitation({ invitationId: revoked })).invitation?.state).toBe(State.REVOKED)
    expect(await withToken(bobId, revoked)).toBe('INVITATION_REVOKED')
    expect(await withToken(aliceId, first)).toBe('ANSWERED')
    expect(await withToken(bobId, first)).toBe('INVITATION_ACCEPTED')
    expect(await reasonFor(manager.revokeInvitation({ invitationId: first }))).toBe('INVITATION_ACCEPTED')
    expect(await reasonFor(manager.revokeInvitation({ invitationId: uuid() }))).toBe('INVITATION_UNKNOWN')
    const late = present((await invite(phone(bob), 'driver')).invitation).invitationId
    await suite.advance({ days: 7 })
    expect(await withToken(bobId, late)).toBe('INVITATION_EXPIRED')
    const { invitations } = await manager.listInvitations({})
    expect(invitations.map(({ state }) => state)).toEqual([State.EXPIRED, State.REVOKED, State.ACCEPTED])
    const [row] = await suite.sql('tenant')`select encode(token_hash, 'escape') as hash from invitation`
    expect(row?.['hash']).not.toBe(await tokenSent(suite, first))
  },
  withAuth,
)

placements(
  'of two who hold one token, one joins; and a guest joins no company [S4-18]',
  [auth, tenant],
  async (suite) => {
    const { aliceId, bobId, first } = await setUp(suite)
    const value = await tokenSent(suite, first)
    const guest = present((await suite.client(AuthService).startGuestSession({})).tokens)
    const accept = (userId: string) =>
      reasonFor(visitor(suite, userId).acceptInvitation({ proof: { case: 'token', value } }))
    expect(await accept(guest.userId)).toBe('CONTACT_UNVERIFIED')
    const answers = await Promise.all([accept(aliceId), accept(bobId)])
    expect(answers.toSorted()).toEqual(['ANSWERED', 'INVITATION_ACCEPTED'])
  },
  inMemory,
)

placements(
  'a member who is removed has no role and no session in the company, and may be invited again [S4-18]',
  [auth, tenant],
  async (suite) => {
    const { tenantId, aliceId, bobId, first, invite } = await setUp(suite)
    const join = async (userId: string, invitationId: string) => {
      const proof = { case: 'token' as const, value: await tokenSent(suite, invitationId) }
      await visitor(suite, userId).acceptInvitation({ proof })
    }
    await join(aliceId, first)
    await join(bobId, present((await invite(phone(bob), 'agent')).invitation).invitationId)
    const session = await logIn(suite, bob)
    expect(session.tenantId).toBe(tenantId)

    const manager = managerOf(suite, tenantId, aliceId)
    await manager.removeMember({ userId: bobId })
    expect(await reasonFor(manager.removeMember({ userId: bobId }))).toBe('MEMBER_UNKNOWN')
    expect((await manager.listMembers({})).members.map(({ userId }) => userId)).toEqual([aliceId])
    const refresh = suite.client(AuthService).refreshSession({ refreshToken: session.refreshToken })
    expect(await reasonFor(refresh)).toBe('SESSION_ENDED')
    expect((await logIn(suite, bob)).tenantId).toBe('')
    expect(await suite.published(MemberRemovedSchema)).toMatchObject([{ tenantId, userId: bobId }])

    await join(bobId, present((await invite(phone(bob), 'agent')).invitation).invitationId)
    expect((await logIn(suite, bob)).tenantId).toBe(tenantId)
  },
  withAuth,
)

placements(
  'the last manager stays, also when two managers remove each other at once',
  [auth, tenant],
  async (suite) => {
    const { tenantId, aliceId, bobId, first, invite } = await setUp(suite)
    const second = present((await invite(phone(bob), 'manager')).invitation).invitationId
    const join = async (userId: string, invitationId: string) => {
      const proof = { case: 'token' as const, value: await tokenSent(suite, invitationId) }
      await visitor(suite, userId).acceptInvitation({ proof })
    }
    await join(aliceId, first)
    expect(await reasonFor(managerOf(suite, tenantId).removeMember({ userId: aliceId }))).toBe('LAST_MANAGER')
    await join(bobId, second)
    const remove = (userId: string) => reasonFor(managerOf(suite, tenantId).removeMember({ userId }))
    const answers = await Promise.all([remove(aliceId), remove(bobId)])
    expect(answers.toSorted()).toEqual(['ANSWERED', 'LAST_MANAGER'])
  },
  withAuth,
)

placements(
  'a process that dies after recording a role, before telling auth, loses nothing',
  [auth, tenant],
  async (suite) => {
    const { tenantId, bobId } = await setUp(suite)
    const [now] = [suite.clock.now().toISOString()]
    await suite.sql('tenant')`
      insert into member (tenant_id, user_id, role, state, revision, join_time, change_time)
      values (${tenantId}, ${bobId}, 'driver', 'GRANTING', 1, ${now}, ${now})`
    const manager = managerOf(suite, tenantId)
    expect((await manager.listMembers({})).members[0]?.roles).toMatchObject([{ state: RoleState.GRANTING }])
    await suite.advance({ minutes: 1 })
    expect((await manager.listMembers({})).members[0]?.roles).toMatchObject([{ state: RoleState.ACTIVE }])
    expect((await logIn(suite, bob)).tenantId).toBe(tenantId)
  },
  withAuth,
)

placements(
  'demonstration companies have their people, and seeding again changes nothing',
  [auth, tenant],
  async (suite) => {
    const [aliceId = ''] = await signUp(suite, ['Alice', alice])
    const ctx = suite.host.runtimes.get('tenant')?.ctx as unknown as Ctx
    const members = [{ userId: aliceId, role: 'manager' as const }]
    const demo = { tenantId: uuid(), slug: 'demo-lines', name: 'Demo Lines', country: 'RW', ...rwanda, members }
    await seedTenants(ctx, [demo])
    await seedTenants(ctx, [demo])
    expect((await platform(suite).listTenants({})).tenants).toMatchObject([{ slug: 'demo-lines', revision: 1n }])
    expect((await logIn(suite, alice)).tenantId).toBe(demo.tenantId)
  },
  inMemory,
)
