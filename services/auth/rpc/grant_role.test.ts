import { decodeJwt } from 'jose'
import { expect } from 'vitest'
import { moneyToProto, money, policyOf } from '#kit'
import { placements, type Suite } from '#kit/testing'
import { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import { Audience } from '#gen/tms/access/v1/access_pb.ts'
import { CheckPermissionResponse_Decision as Decision } from '#gen/tms/auth/v1/grant_pb.ts'
import { SessionRevokedSchema } from '#gen/tms/auth/v1/events_pb.ts'
import { TenantResumedSchema, TenantSuspendedSchema } from '#gen/tms/tenant/v1/events_pb.ts'
import auth from '../service.ts'
import { as, logIn, PASSWORD, present, reasonFor, seed, uuid, inMemory, withAuth } from '../testing/people.ts'

const volcano = uuid()
const station = uuid()

/** One account for each role, with its phone number. */
const cast = {
  passenger: '+250788000001',
  agent: '+250788000002',
  driver: '+250788000003',
  manager: '+250788000004',
  admin: '+250788000005',
  official: '+250788000006',
  partner: '+250788000007',
} as const
type Role = keyof typeof cast

const withinCompany = new Set<Role>(['agent', 'driver', 'manager'])

async function seedCast(suite: Suite): Promise<Record<Role, string>> {
  const names = Object.keys(cast) as Role[]
  const accounts = names.map((role) => ({
    phone: cast[role],
    password: PASSWORD,
    name: role,
    ...(withinCompany.has(role) ? { tenantRoles: [{ tenantId: volcano, role }] } : { roles: [role] }),
  }))
  const ids = await seed(suite, ...accounts)
  return Object.fromEntries(names.map((role, i) => [role, ids[i] ?? ''])) as Record<Role, string>
}

/** What each role may do in auth beyond what everybody may; written down by hand, not read from the tables. */
const may: Record<Role, readonly string[]> = {
  passenger: [],
  agent: [],
  driver: [],
  manager: ['auth.api_keys.create', 'auth.api_keys.read', 'auth.api_keys.revoke'],
  admin: [
    'auth.api_keys.create',
    'auth.api_keys.read',
    'auth.api_keys.revoke',
    'auth.grants.read',
    'auth.grants.update',
    'auth.roles.read',
    'auth.roles.update',
    'auth.signing_keys.rotate',
  ],
  official: [],
  partner: ['auth.api_keys.create', 'auth.api_keys.read', 'auth.api_keys.revoke'],
}
const everybody = ['auth.profile.read', 'auth.profile.update']

placements(
  'each method lets in the roles that it should, and no other [S1-14][S2-23][S3-32][S3-135][S4-13]',
  [auth],
  async (suite) => {
    await seedCast(suite)
    for (const role of Object.keys(cast) as Role[]) {
      const { accessToken } = await logIn(suite, cast[role])
      // Called by name, with empty requests: whoever is let in is refused by validation next, and changes nothing.
      const client = as(suite, { accessToken }) as unknown as Record<string, (req: object) => Promise<unknown>>
      // It asks for nothing that could be left out, and would end the session that the others need.
      for (const method of AuthService.methods.filter(({ name }) => name !== 'LogOutEverywhere')) {
        const { permission, audience } = policyOf(method)
        const reason = await reasonFor(present(client[method.localName])({}))
        const open = permission === '' || [...everybody, ...may[role]].includes(permission)
        const expected = audience === Audience.INTERNAL ? 'AUDIENCE_MISMATCH' : open ? 'let in' : 'PERMISSION_MISSING'
        const actual = reason === 'AUDIENCE_MISMATCH' || reason === 'PERMISSION_MISSING' ? reason : 'let in'
        expect(`${role} ${method.name}: ${actual}`).toBe(`${role} ${method.name}: ${expected}`)
      }
    }
  },
  withAuth,
)

placements(
  'tokens name the roles held everywhere and in the company acted for [S1-14][S3-32]',
  [auth],
  async (suite) => {
    await seedCast(suite)
    const rolesOf = async (role: Role) => decodeJwt(await logIn(suite, cast[role]).then((t) => t.accessToken))
    expect(await rolesOf('manager')).toMatchObject({ tid: volcano, roles: ['manager', 'passenger'] })
    expect(await rolesOf('driver')).toMatchObject({ tid: volcano, roles: ['driver', 'passenger'] })
    expect(await rolesOf('official')).toMatchObject({ roles: ['official', 'passenger'] })
    expect(await rolesOf('official')).not.toHaveProperty('tid')
    expect(await rolesOf('admin')).toMatchObject({ perms: ['*'] })
  },
  inMemory,
)

placements(
  'one permission granted to a plain passenger opens that method and no other, until it is taken back [S1-15]',
  [auth],
  async (suite) => {
    const { passenger } = await seedCast(suite)
    const admin = as(suite, await logIn(suite, cast.admin))
    const plain = async () => as(suite, await logIn(suite, cast.passenger))
    expect(await reasonFor((await plain()).listRoles({}))).toBe('PERMISSION_MISSING')
    await admin.grantPermission({ userId: passenger, permission: 'auth.roles.read' })
    expect(await reasonFor((await plain()).listRoles({}))).toBe('ANSWERED')
    expect(await reasonFor((await plain()).listGrants({ userId: passenger }))).toBe('PERMISSION_MISSING')
    const { grants } = await admin.listGrants({ userId: passenger })
    expect(grants.map(({ granted }) => granted.value)).toEqual(['passenger', 'auth.roles.read'])
    await admin.revokePermission({ userId: passenger, permission: 'auth.roles.read' })
    expect(await reasonFor((await plain()).listRoles({}))).toBe('PERMISSION_MISSING')
  },
  withAuth,
)

placements(
  'nobody hands on a permission that they do not have themselves [S1-15]',
  [auth],
  async (suite) => {
    const { passenger, official } = await seedCast(suite)
    const admin = as(suite, await logIn(suite, cast.admin))
    await admin.grantPermission({ userId: official, permission: 'auth.grants.update' })
    const half = as(suite, await logIn(suite, cast.official))
    const grant = (permission: string) => reasonFor(half.grantPermission({ userId: passenger, permission }))
    expect(await grant('payment.ledger.read')).toBe('PERMISSION_NOT_HELD')
    expect(await grant('government.audit.read')).toBe('ANSWERED')
    expect(await reasonFor(half.grantRole({ userId: official, role: 'admin' }))).toBe('PERMISSION_NOT_HELD')
    await admin.grantPermission({ userId: official, permission: 'auth.roles.update' })
    const more = as(suite, await logIn(suite, cast.official))
    const update = (...permissions: string[]) => reasonFor(more.updateRole({ role: 'official', permissions }))
    expect(await update('government.audit.read', 'payment.*')).toBe('PERMISSION_NOT_HELD')
    expect(await update('government.audit.read')).toBe('ANSWERED')
    expect(await reasonFor(admin.grantPermission({ userId: uuid(), permission: 'auth.roles.read' }))).toBe(
      'USER_UNKNOWN',
    )
  },
  inMemory,
)

placements(
  'a permission under a condition is decided by station, owner and amount, and opens nothing outright [S1-15]',
  [auth],
  async (suite) => {
    const { passenger } = await seedCast(suite)
    const admin = as(suite, await logIn(suite, cast.admin))
    const permission = 'payment.cash.collect'
    const limit = moneyToProto(money('RWF', 50_000n))
    const condition = { stationIds: [station], maxAmount: limit }
    await admin.grantPermission({ userId: passenger, permission, condition })
    const check = async (amount: bigint, stationId: string) => {
      const asked = { userId: passenger, permission, stationId, amount: moneyToProto(money('RWF', amount)) }
      return (await suite.peer(AuthService, 'payment').checkPermission(asked)).decision
    }
    expect(await check(50_000n, station)).toBe(Decision.ALLOWED)
    expect(await check(50_001n, station)).toBe(Decision.AMOUNT_TOO_HIGH)
    expect(await check(10n, uuid())).toBe(Decision.OTHER_STATION)
    const claims = decodeJwt((await logIn(suite, cast.passenger)).accessToken)
    expect(claims['perms']).not.toContain(permission)
    expect(claims['cond']).toEqual({ [permission]: { stations: station, max_amount: '50000 RWF' } })
    const { grants } = await admin.listGrants({ userId: passenger })
    expect(grants.at(-1)?.condition).toMatchObject({ stationIds: [station], maxAmount: { units: 50_000n } })

    await admin.grantPermission({ userId: passenger, permission, condition: { ownOnly: true } })
    const own = { userId: passenger, permission, ownerUserId: passenger }
    const payment = suite.peer(AuthService, 'payment')
    expect((await payment.checkPermission(own)).decision).toBe(Decision.ALLOWED)
    expect((await payment.checkPermission({ ...own, ownerUserId: uuid() })).decision).toBe(Decision.NOT_OWNER)
    expect((await payment.checkPermission({ ...own, permission: 'payment.ledger.read' })).decision).toBe(
      Decision.NOT_GRANTED,
    )
    const odd = { userId: passenger, permission, condition: { maxAmount: { currencyCode: 'RWF', nanos: 5 } } }
    expect(await reasonFor(admin.grantPermission(odd))).toBe('REQUEST_INVALID')
  },
  withAuth,
)

placements(
  'platform roles are granted and revoked by administrators, of whom one stays [S1-14]',
  [auth],
  async (suite) => {
    const ids = await seedCast(suite)
    const admin = as(suite, await logIn(suite, cast.admin))
    await admin.grantRole({ userId: ids.passenger, role: 'official' })
    const session = await logIn(suite, cast.passenger)
    expect(decodeJwt(session.accessToken)['roles']).toEqual(['official', 'passenger'])
    await admin.revokeRole({ userId: ids.passenger, role: 'official' })
    const revoked = await suite.published(SessionRevokedSchema)
    expect(revoked.map(({ sessionId }) => sessionId)).toContain(session.sessionId)
    expect(decodeJwt((await logIn(suite, cast.passenger)).accessToken)['roles']).toEqual(['passenger'])

    expect(await reasonFor(admin.revokeRole({ userId: ids.admin, role: 'admin' }))).toBe('LAST_ADMIN')
    expect(await reasonFor(admin.grantRole({ userId: ids.passenger, role: 'manager' }))).toBe('ROLE_NOT_GRANTABLE')
    expect(await reasonFor(admin.grantRole({ userId: ids.passenger, role: 'captain' }))).toBe('ROLE_UNKNOWN')
  },
  inMemory,
)

placements(
  'what a role allows can be changed, save for administrators [S1-14]',
  [auth],
  async (suite) => {
    await seedCast(suite)
    const admin = as(suite, await logIn(suite, cast.admin))
    const official = present((await admin.listRoles({})).roles.find(({ role }) => role === 'official'))
    const permissions = [...official.permissions, 'auth.roles.read', 'analytics.*']
    expect((await admin.updateRole({ role: 'official', permissions })).role?.permissions).toEqual(permissions)
    expect(await reasonFor(as(suite, await logIn(suite, cast.official)).listRoles({}))).toBe('ANSWERED')
    expect(await reasonFor(admin.updateRole({ role: 'admin', permissions: [] }))).toBe('ROLE_FIXED')
    expect(await reasonFor(admin.updateRole({ role: 'captain', permissions: [] }))).toBe('ROLE_UNKNOWN')
    expect(await reasonFor(admin.updateRole({ role: 'official', permissions: ['*'] }))).toBe('REQUEST_INVALID')
  },
  inMemory,
)

placements(
  'a role within a company comes and goes with its news, however late an older one arrives',
  [auth],
  async (suite) => {
    const { passenger } = await seedCast(suite)
    const tenant = suite.peer(AuthService, 'tenant')
    const change = { userId: passenger, tenantId: volcano, role: 'agent' }
    await tenant.grantTenantRole({ ...change, revision: 1n })
    const session = await logIn(suite, cast.passenger)
    expect(decodeJwt(session.accessToken)).toMatchObject({ tid: volcano, roles: ['agent', 'passenger'] })
    await tenant.revokeTenantRole({ ...change, revision: 2n })
    await tenant.grantTenantRole({ ...change, revision: 1n })
    expect(decodeJwt((await logIn(suite, cast.passenger)).accessToken)).not.toHaveProperty('tid')
    const refresh = suite.client(AuthService).refreshSession({ refreshToken: session.refreshToken })
    expect(await reasonFor(refresh)).toBe('SESSION_ENDED')
    await tenant.grantTenantRole({ ...change, revision: 3n })
    expect(decodeJwt((await logIn(suite, cast.passenger)).accessToken)).toMatchObject({ tid: volcano })
    const wrong = { ...change, role: 'official', revision: 4n }
    expect(await reasonFor(tenant.grantTenantRole(wrong))).toBe('ROLE_NOT_GRANTABLE')
    expect(await reasonFor(tenant.grantTenantRole({ ...change, userId: uuid(), revision: 1n }))).toBe('USER_UNKNOWN')
  },
  withAuth,
)

placements(
  'an agent changes between companies and back to none; administrators act for any [S1-14]',
  [auth],
  async (suite) => {
    await seedCast(suite)
    const agent = as(suite, await logIn(suite, cast.agent))
    const none = await agent.switchTenant({})
    expect(none.tenantId).toBe('')
    expect(decodeJwt(none.accessToken)).toMatchObject({ roles: ['passenger'] })
    expect(decodeJwt((await agent.switchTenant({ tenantId: volcano })).accessToken)).toMatchObject({ tid: volcano })
    expect(await reasonFor(agent.switchTenant({ tenantId: uuid() }))).toBe('NOT_A_MEMBER')
    const admin = as(suite, await logIn(suite, cast.admin))
    const anywhere = uuid()
    expect(decodeJwt((await admin.switchTenant({ tenantId: anywhere })).accessToken)).toMatchObject({ tid: anywhere })
    await agent.logOutEverywhere({})
    await expect.poll(() => reasonFor(agent.switchTenant({}))).toMatch(/^SESSION_(ENDED|REVOKED)$/)
  },
  withAuth,
)

placements(
  'when a company is suspended its sessions end and none begins, until it is resumed, in whatever order the news comes',
  [auth],
  async (suite) => {
    await seedCast(suite)
    const [agent, passenger] = [await logIn(suite, cast.agent), await logIn(suite, cast.passenger)]
    const suspended = { tenantId: volcano, reason: 'fees unpaid', revision: 2n }
    await suite.publish(TenantSuspendedSchema, volcano, suspended)
    await suite.settle()
    const client = suite.client(AuthService)
    expect(await reasonFor(client.refreshSession({ refreshToken: agent.refreshToken }))).toBe('SESSION_ENDED')
    expect(await reasonFor(client.refreshSession({ refreshToken: passenger.refreshToken }))).toBe('ANSWERED')
    expect((await logIn(suite, cast.agent)).tenantId).toBe('')
    expect(await reasonFor(logIn(suite, cast.agent, volcano))).toBe('TENANT_SUSPENDED')

    await suite.publish(TenantResumedSchema, volcano, { tenantId: volcano, revision: 3n })
    await suite.settle()
    await suite.publish(TenantSuspendedSchema, volcano, suspended)
    await suite.settle()
    expect((await logIn(suite, cast.agent)).tenantId).toBe(volcano)
  },
  withAuth,
)
