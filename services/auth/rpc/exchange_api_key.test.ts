import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { decodeJwt } from 'jose'
import { expect } from 'vitest'
import { placements, type Suite } from '#kit/testing'
import { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import { SessionRevokedSchema } from '#gen/tms/auth/v1/events_pb.ts'
import { TenantSuspendedSchema } from '#gen/tms/tenant/v1/events_pb.ts'
import auth from '../service.ts'
import { as, logIn, PASSWORD, present, reasonFor, seed, uuid, inMemory, withAuth } from '../testing/people.ts'

const partner = '+250788000007'
const manager = '+250788000004'
const volcano = uuid()
const scopes = ['ticketing.bookings.create', 'ticketing.bookings.read']

async function seedBoth(suite: Suite): Promise<string[]> {
  return seed(
    suite,
    { phone: partner, password: PASSWORD, name: 'Safari Web', roles: ['partner'] },
    { phone: manager, password: PASSWORD, name: 'Manager', tenantRoles: [{ tenantId: volcano, role: 'manager' }] },
    { phone: '+250788000005', password: PASSWORD, name: 'Admin', roles: ['admin'] },
  )
}

const inDays = (suite: Suite, days: number) =>
  timestampFromDate(new Date(suite.clock.now().getTime() + days * 86_400_000))

const exchange = async (suite: Suite, secret: string) =>
  decodeJwt((await suite.peer(AuthService, 'gateway').exchangeApiKey({ secret })).accessToken)

placements(
  'a partner’s key is exchanged for a token of the partner audience with its scopes',
  [auth],
  async (suite) => {
    const [userId] = await seedBoth(suite)
    const mine = as(suite, await logIn(suite, partner))
    const apiKeyId = uuid()
    const made = await mine.createApiKey({ apiKeyId, name: 'website', scopes, expireTime: inDays(suite, 90) })
    expect(made.secret).toMatch(/^tms_[0-9a-f]{12}_[A-Za-z0-9_-]{43}$/)
    const claims = await exchange(suite, made.secret)
    expect(claims).toMatchObject({
      sub: userId,
      sid: apiKeyId,
      aud_class: 'partner',
      roles: ['partner'],
      perms: scopes,
    })
    const { accessToken } = await suite.peer(AuthService, 'gateway').exchangeApiKey({ secret: made.secret })
    expect(await reasonFor(as(suite, { accessToken }).getProfile({}))).toBe('AUDIENCE_MISMATCH')

    const { apiKeys } = await mine.listApiKeys({})
    expect(apiKeys).toMatchObject([{ apiKeyId, name: 'website', scopes, prefix: made.secret.slice(4, 16) }])
    expect(present(apiKeys[0]).useTime).toBeDefined()
    const rows = await suite.sql('auth')`select *, encode(secret_hash, 'escape') as hash from api_key`
    expect(JSON.stringify(rows)).not.toContain(made.secret.slice(17))
  },
  withAuth,
)

placements(
  'a key that is unknown, changed, revoked or too old is refused in one and the same way',
  [auth],
  async (suite) => {
    await seedBoth(suite)
    const mine = as(suite, await logIn(suite, partner))
    const ask = { apiKeyId: uuid(), name: 'website', scopes, expireTime: inDays(suite, 1) }
    const { secret } = await mine.createApiKey(ask)
    const other = await mine.createApiKey({ ...ask, apiKeyId: uuid(), expireTime: inDays(suite, 2) })
    expect(await reasonFor(exchange(suite, `${secret.slice(0, -2)}zz`))).toBe('API_KEY_INVALID')
    expect(await reasonFor(exchange(suite, 'anything at all'))).toBe('API_KEY_INVALID')
    const { apiKey } = await mine.revokeApiKey({ apiKeyId: present(other.apiKey).apiKeyId })
    expect(apiKey?.revokeTime).toBeDefined()
    expect(await reasonFor(exchange(suite, other.secret))).toBe('API_KEY_INVALID')
    expect(await suite.published(SessionRevokedSchema)).toMatchObject([{ sessionId: apiKey?.apiKeyId }])
    suite.clock.advance({ days: 1 })
    expect(await reasonFor(exchange(suite, secret))).toBe('API_KEY_INVALID')
  },
  withAuth,
)

placements(
  'a key never does more than its owner can, now and when it was made',
  [auth],
  async (suite) => {
    const [userId = ''] = await seedBoth(suite)
    const mine = as(suite, await logIn(suite, partner))
    const ask = { apiKeyId: uuid(), name: 'website', scopes, expireTime: inDays(suite, 90) }
    const foreign = mine.createApiKey({ ...ask, scopes: ['payment.ledger.read'] })
    expect(await reasonFor(foreign)).toBe('PERMISSION_NOT_HELD')
    const sales = { ...ask, scopes: ['ticketing.sales.create', 'ticketing.bookings.read'] }
    const { secret } = await mine.createApiKey(sales)
    await as(suite, await logIn(suite, '+250788000005')).revokeRole({ userId, role: 'partner' })
    expect((await exchange(suite, secret))['perms']).toEqual(['ticketing.bookings.read'])
    const never = { ...ask, apiKeyId: uuid(), expireTime: inDays(suite, 1_000) }
    const again = as(suite, await logIn(suite, manager))
    expect(await reasonFor(again.createApiKey(never))).toBe('EXPIRE_TIME_INVALID')
    expect(await reasonFor(again.createApiKey({ ...never, expireTime: inDays(suite, -1) }))).toBe('EXPIRE_TIME_INVALID')
    expect(await reasonFor(again.revokeApiKey({ apiKeyId: ask.apiKeyId }))).toBe('API_KEY_UNKNOWN')
  },
  inMemory,
)

placements(
  'a retry within ten minutes is told the same secret, and nobody is told it later',
  [auth],
  async (suite) => {
    await seedBoth(suite)
    const mine = as(suite, await logIn(suite, partner))
    const ask = { apiKeyId: uuid(), name: 'website', scopes, expireTime: inDays(suite, 90) }
    const { secret } = await mine.createApiKey(ask)
    expect((await mine.createApiKey(ask)).secret).toBe(secret)
    expect(await reasonFor(mine.createApiKey({ ...ask, name: 'another' }))).toBe('IDEMPOTENCY_KEY_REUSED')
    const other = as(suite, await logIn(suite, '+250788000005'))
    expect(await reasonFor(other.createApiKey(ask))).toBe('API_KEY_EXISTS')
    suite.clock.advance({ minutes: 10 })
    expect(await reasonFor(mine.createApiKey(ask))).toBe('API_KEY_EXISTS')
    await suite.advance({ minutes: 1 })
    const [row] = await suite.sql('auth')`select retry_salt from api_key`
    expect(row?.['retry_salt']).toBeNull()
  },
  inMemory,
)

placements(
  'a company’s key acts for the company, and not while it is suspended',
  [auth],
  async (suite) => {
    await seedBoth(suite)
    const mine = as(suite, await logIn(suite, manager))
    const ask = { apiKeyId: uuid(), name: 'ERP', scopes: ['company.trips.read'], expireTime: inDays(suite, 90) }
    const { secret } = await mine.createApiKey(ask)
    expect(await exchange(suite, secret)).toMatchObject({ tid: volcano, perms: ['company.trips.read'] })
    await suite.publish(TenantSuspendedSchema, volcano, { tenantId: volcano, reason: 'fees unpaid', revision: 2n })
    await suite.settle()
    expect(await reasonFor(exchange(suite, secret))).toBe('API_KEY_INVALID')
  },
  inMemory,
)
