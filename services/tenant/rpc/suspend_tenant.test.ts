import { expect } from 'vitest'
import { metadataOf, policyOf } from '#kit'
import { placements } from '#kit/testing'
import { Audience } from '#gen/tms/access/v1/access_pb.ts'
import { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import { FeatureFlagChangedSchema, TenantResumedSchema, TenantSuspendedSchema } from '#gen/tms/tenant/v1/events_pb.ts'
import { Flag } from '#gen/tms/tenant/v1/feature_flag_pb.ts'
import { Tenant_State as State } from '#gen/tms/tenant/v1/tenant_pb.ts'
import { TenantService } from '#gen/tms/tenant/v1/tenant_service_pb.ts'
import auth from '../../auth/service.ts'
import { as, grant, logIn, present, reasonFor, signUp, inMemory, withAuth } from '../testing/people.ts'
import tenant from '../service.ts'
import { company, managerOf, phone, platform, rwanda, tokenSent, uuid, visitor } from '../testing/companies.ts'

const alice = '+250788000004'

placements(
  'a suspended company can read but change nothing, and is told why [S1-57]',
  [auth, tenant],
  async (suite) => {
    const [aliceId = ''] = await signUp(suite, ['Alice', alice])
    const made = company('volcano-express', alice)
    const { tenantId } = made
    const staff = platform(suite)
    const { invitation } = await staff.createTenant(made)
    const reason = 'licence ran out on 1 November'
    const { tenant: row } = await staff.suspendTenant({ tenantId, reason })
    expect(row).toMatchObject({ state: State.SUSPENDED, suspendReason: reason, revision: 2n })

    const manager = managerOf(suite, tenantId)
    const invitationId = uuid()
    const token = await tokenSent(suite, present(invitation).invitationId)
    const writes = [
      () => manager.updateSettings({ settings: rwanda }),
      () => manager.inviteMember({ invitationId, contact: phone(alice), role: 'agent' }),
      () => manager.removeMember({ userId: aliceId }),
      () => manager.revokeInvitation({ invitationId: present(invitation).invitationId }),
      () => visitor(suite, aliceId).acceptInvitation({ proof: { case: 'token', value: token } }),
    ]
    for (const write of writes) {
      const refusal: unknown = await write().catch((err: unknown) => err)
      expect(metadataOf(refusal)).toEqual({ suspend_reason: reason })
    }
    expect((await manager.getSettings({})).tenant?.suspendReason).toBe(reason)
    expect((await manager.listInvitations({})).invitations).toHaveLength(1)

    await staff.resumeTenant({ tenantId })
    expect(await reasonFor(manager.updateSettings({ settings: rwanda }))).toBe('ANSWERED')
    expect(await suite.published(TenantSuspendedSchema)).toMatchObject([{ tenantId, reason, revision: 2n }])
    expect(await suite.published(TenantResumedSchema)).toMatchObject([{ tenantId, revision: 3n }])
    expect(await reasonFor(staff.suspendTenant({ tenantId: uuid(), reason }))).toBe('TENANT_UNKNOWN')
    expect(await reasonFor(staff.updateTenant({ tenantId: uuid(), name: 'X' }))).toBe('TENANT_UNKNOWN')
  },
  withAuth,
)

placements(
  'the people of a suspended company are signed out, and in again when it is resumed [S1-57]',
  [auth, tenant],
  async (suite) => {
    const [aliceId = ''] = await signUp(suite, ['Alice', alice])
    const made = company('volcano-express', alice)
    const { tenantId } = made
    const staff = platform(suite)
    const { invitation } = await staff.createTenant(made)
    const proof = { case: 'token' as const, value: await tokenSent(suite, present(invitation).invitationId) }
    await visitor(suite, aliceId).acceptInvitation({ proof })
    const tokens = await logIn(suite, alice)
    const manager = suite.clientWithToken(TenantService, tokens.accessToken)
    expect((await manager.getSettings({})).tenant?.tenantId).toBe(tenantId)
    await staff.suspendTenant({ tenantId, reason: 'fees unpaid' })
    await suite.settle()
    await expect.poll(() => reasonFor(manager.getSettings({}))).toBe('SESSION_REVOKED')
    const refresh = suite.client(AuthService).refreshSession({ refreshToken: tokens.refreshToken })
    expect(await reasonFor(refresh)).toBe('SESSION_ENDED')
    const rider = as(suite, await logIn(suite, alice))
    expect(await reasonFor(rider.switchTenant({ tenantId }))).toBe('TENANT_SUSPENDED')
    await staff.resumeTenant({ tenantId })
    await suite.settle()
    expect(await reasonFor(rider.switchTenant({ tenantId }))).toBe('ANSWERED')
  },
  withAuth,
)

placements(
  'a feature that is off is refused to that company only, and left to the platform [S4-19]',
  [auth, tenant],
  async (suite) => {
    const staff = platform(suite)
    const [volcano, horizon] = [company('volcano-express'), company('horizon')]
    for (const made of [volcano, horizon]) await staff.createTenant(made)
    const invite = (client: ReturnType<typeof managerOf>) =>
      reasonFor(client.inviteMember({ invitationId: uuid(), contact: phone(alice), role: 'agent' }))
    const { tenantId } = volcano
    await staff.setFeatureFlag({ tenantId, flag: Flag.MEMBER_SELF_SERVICE, enabled: false })
    await staff.setFeatureFlag({ tenantId, flag: Flag.SETTINGS_SELF_SERVICE, enabled: false })
    expect(await invite(managerOf(suite, tenantId))).toBe('FEATURE_OFF')
    expect(await reasonFor(managerOf(suite, tenantId).removeMember({ userId: uuid() }))).toBe('FEATURE_OFF')
    expect(await reasonFor(managerOf(suite, tenantId).updateSettings({ settings: rwanda }))).toBe('FEATURE_OFF')
    expect(await invite(managerOf(suite, horizon.tenantId))).toBe('ANSWERED')
    expect(await invite(platform(suite, tenantId))).toBe('ANSWERED')

    const flagsOf = async (id: string) => {
      const { featureFlags } = await managerOf(suite, id).listFeatureFlags({})
      return featureFlags.map(({ flag, enabled }) => [flag, enabled])
    }
    expect(await flagsOf(tenantId)).toEqual([
      [Flag.MEMBER_SELF_SERVICE, false],
      [Flag.SETTINGS_SELF_SERVICE, false],
      [Flag.CASH_SALES, true],
      [Flag.OFFLINE_SALES, false],
      [Flag.PARTNER_SALES, false],
      [Flag.LIVE_TRACKING, false],
    ])
    expect((await flagsOf(horizon.tenantId))[0]).toEqual([Flag.MEMBER_SELF_SERVICE, true])
    expect(await suite.published(FeatureFlagChangedSchema)).toHaveLength(2)
    expect(await reasonFor(staff.setFeatureFlag({ tenantId: uuid(), flag: Flag.CASH_SALES }))).toBe('TENANT_UNKNOWN')
    expect(await reasonFor(staff.setFeatureFlag({ tenantId, flag: 99 as Flag }))).toBe('REQUEST_INVALID')
  },
)

placements(
  'a company never sees another’s rows: not through any list or read, and not in the tables [S4-16][S4-20]',
  [auth, tenant],
  async (suite) => {
    const [userId = ''] = await signUp(suite, ['Alice', alice])
    const staff = platform(suite)
    const [volcano, horizon] = [company('volcano-express'), company('horizon')]
    for (const made of [volcano, horizon]) {
      const { invitation } = await staff.createTenant(made)
      const proof = { case: 'token' as const, value: await tokenSent(suite, present(invitation).invitationId) }
      await visitor(suite, userId).acceptInvitation({ proof })
      await staff.setFeatureFlag({ tenantId: made.tenantId, flag: Flag.CASH_SALES, enabled: false })
    }
    const foreign = managerOf(suite, horizon.tenantId)
    const { invitations } = await foreign.listInvitations({})
    expect(invitations.map(({ tenantId }) => tenantId)).toEqual([horizon.tenantId])
    const { members } = await foreign.listMembers({})
    expect(members.map((member) => member.roles.length)).toEqual([1])
    expect((await foreign.getSettings({})).tenant?.slug).toBe('horizon')
    const [theirs] = (await managerOf(suite, volcano.tenantId).listInvitations({})).invitations
    const invitationId = present(theirs).invitationId
    expect(await reasonFor(foreign.revokeInvitation({ invitationId }))).toBe('INVITATION_UNKNOWN')
    expect(await reasonFor(managerOf(suite, uuid()).getSettings({}))).toBe('TENANT_UNKNOWN')
    expect((await managerOf(suite, uuid()).listMembers({})).members).toEqual([])

    const sql = suite.sql('tenant')
    for (const table of ['tenant', 'member', 'invitation', 'feature_flag']) {
      const seen = await sql.begin(async (tx) => {
        await tx`set local role tms_tenant`
        await tx`select set_config('app.scope', 'tenant', true), set_config('app.tenant', ${horizon.tenantId}, true)`
        return tx<{ tenant_id: string }[]>`select tenant_id from ${tx(table)}`
      })
      expect([table, ...seen.map((row) => row.tenant_id)]).toEqual([table, horizon.tenantId])
    }
  },
  withAuth,
)

placements(
  'each method of tenant lets in the roles that it should, and no other [S1-14][S3-135]',
  [auth, tenant],
  async (suite) => {
    const volcano = uuid()
    const everybody = ['ListMyInvitations', 'AcceptInvitation']
    const staff = ['GetSettings', 'ListFeatureFlags']
    const may: Record<string, readonly string[]> = {
      passenger: [],
      agent: staff,
      conductor: staff,
      driver: staff,
      manager: [
        ...staff,
        'UpdateSettings',
        'ListMembers',
        'RemoveMember',
        'InviteMember',
        'ListInvitations',
        'RevokeInvitation',
      ],
      official: [],
      partner: [],
      admin: TenantService.methods.map(({ name }) => name),
    }
    for (const [i, role] of Object.keys(may).entries()) {
      const number = `+25078800000${i}`
      const within = ['agent', 'conductor', 'driver', 'manager'].includes(role)
      const [userId = ''] = await signUp(suite, [role, number])
      await grant(suite, userId, role, within ? volcano : undefined)
      const { accessToken } = await logIn(suite, number, role === 'admin' ? volcano : '')
      const client = suite.clientWithToken(TenantService, accessToken) as unknown as Record<
        string,
        (req: object) => Promise<unknown>
      >
      for (const method of TenantService.methods) {
        const reason = await reasonFor(present(client[method.localName])({}))
        const inner = policyOf(method).audience === Audience.INTERNAL
        const open = [...everybody, ...present(may[role])].includes(method.name)
        const expected = inner ? 'AUDIENCE_MISMATCH' : open ? 'let in' : 'PERMISSION_MISSING'
        const actual = reason === 'AUDIENCE_MISMATCH' || reason === 'PERMISSION_MISSING' ? reason : 'let in'
        expect(`${role} ${method.name}: ${actual}`).toBe(`${role} ${method.name}: ${expected}`)
      }
    }
  },
  inMemory,
)
