import { afterAll, beforeAll, expect } from 'vitest'
import { Scope } from '#gen/tms/access/v1/access_pb.ts'
import { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import { metadataOf, reasonOf, SERVICE_TOKEN } from '#kit'
import { placements, type Suite } from '#kit/testing'
import { identity } from '../../services/identity.ts'
import { loadServices, serviceNames } from '../../services/roster.ts'
import { callBy } from './testing/contract/call.ts'
import { type Rpc, rpcsOf } from './testing/contract/rpcs.ts'
import { forEachOf, tallyOf } from './testing/contract/tally.ts'
import { id } from './testing/world/companies.ts'
import { outsideWorld } from './testing/world/outside.ts'
import {
  openThief,
  stealServiceToken,
  strangersTokens,
  type Thief,
  unsigned,
  withOtherClaims,
} from './testing/world/thief.ts'

const services = await loadServices(serviceNames.filter((name) => name !== 'gateway'))
const rpcs = rpcsOf(services)

let thief: Thief
beforeAll(async () => {
  thief = await openThief()
})
afterAll(() => thief.stop())

/** Tokens are compared with the time on the wall, so that auth's clock must not be elsewhere. */
const now = new Date().toISOString()
const options = { ...identity, now, sendTwice: false, outside: outsideWorld, timeoutMs: 60_000 }

/** One way to be refused: what is sent, and the reason that must come back. */
type Attempt = { readonly name: string; readonly headers: HeadersInit; readonly reason: string }

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** Calls straight to the service that answers, past the gateway; returns what differs from the expected refusals. */
async function attemptAll(suite: Suite, heading: string, attempts: (rpc: Rpc) => Promise<Attempt[]> | Attempt[]) {
  const tally = tallyOf(heading)
  const wrong: string[] = []
  await forEachOf(rpcs, async (rpc) => {
    for (const { name, headers, reason } of await attempts(rpc)) {
      const outcome = await callBy(suite.host.transportTo(rpc.owner), rpc, {}, headers)
      tally.count(outcome)
      const got = reasonOf(outcome.refusal) ?? 'an answer'
      if (got !== reason) wrong.push(`${rpc.name} with ${name}: ${got} instead of ${reason}`)
    }
  })
  console.info(tally.toString())
  return wrong
}

const everything = { userId: id(), tenantId: id(), permissions: ['*'] }

placements(
  'no RPC of any service takes a token that was changed, ran out or was made elsewhere [S1-12][S1-75][S1-76]',
  services,
  async (suite) => {
    const good = await suite.token(everything)
    const plain = await suite.token({ userId: id(), permissions: [] })
    const strangers = await strangersTokens()
    const attempts: Attempt[] = [
      { name: 'other claims', headers: bearer(withOtherClaims(plain, { perms: ['*'] })), reason: 'TOKEN_INVALID' },
      { name: 'no signature', headers: bearer(unsigned(good)), reason: 'TOKEN_INVALID' },
      { name: "a stranger's signature", headers: bearer(strangers.ofKnownKey), reason: 'TOKEN_INVALID' },
      { name: 'a key of its own', headers: bearer(strangers.withOwnKey), reason: 'TOKEN_INVALID' },
      {
        name: 'a past expiry',
        headers: bearer(await suite.token(everything, { expiresInSeconds: -5 })),
        reason: 'TOKEN_EXPIRED',
      },
      {
        name: 'another audience',
        headers: bearer(await suite.token(everything, { audience: 'tms-partner' })),
        reason: 'TOKEN_INVALID',
      },
      {
        name: 'another issuer',
        headers: bearer(await suite.token(everything, { issuer: 'https://accounts.example' })),
        reason: 'TOKEN_INVALID',
      },
    ]
    expect(await attemptAll(suite, 'bad tokens', () => attempts)).toEqual([])
  },
  options,
)

placements(
  'every RPC refuses who lacks a token, its very permission, or a company to act for [S1-14][S1-15][S1-75]',
  services,
  async (suite) => {
    const all = [...new Set(rpcs.map(({ policy }) => policy.permission).filter((permission) => permission !== ''))]
    const wrong = await attemptAll(suite, 'powerless callers', async ({ policy, internal }) => {
      if (internal || (policy.permission === '' && policy.scope === Scope.UNSPECIFIED)) return []
      const others = all.filter((permission) => permission !== policy.permission)
      const lacking = await suite.token({ ...everything, permissions: others })
      const homeless = await suite.token({ userId: id(), permissions: ['*'] })
      return [
        { name: 'no token', headers: {}, reason: 'TOKEN_MISSING' },
        // Some ask for no permission, but for a ticket of one's own.
        ...(policy.permission === ''
          ? []
          : [{ name: 'every permission but one', headers: bearer(lacking), reason: 'PERMISSION_MISSING' }]),
        ...(policy.scope === Scope.TENANT
          ? [{ name: 'no company', headers: bearer(homeless), reason: 'TENANT_MISSING' }]
          : []),
      ]
    })
    expect(wrong).toEqual([])
  },
  options,
)

placements(
  'an RPC for services takes no user, no stranger, and no proof that was made out to somebody else [S1-75][S1-77]',
  services,
  async (suite) => {
    const user = await suite.token(everything)
    const stolen = await stealServiceToken(suite, thief, 'ticketing')
    const strangers = await strangersTokens()
    const wrong = await attemptAll(suite, 'false services', async ({ internal, owner }) => {
      const forged = await strangers.service(owner)
      const anybody: Attempt[] = [
        { name: 'a stolen proof', headers: { [SERVICE_TOKEN]: stolen }, reason: 'TOKEN_INVALID' },
        { name: 'a forged proof', headers: { [SERVICE_TOKEN]: forged }, reason: 'TOKEN_INVALID' },
        { name: "a user's token as proof", headers: { [SERVICE_TOKEN]: user }, reason: 'TOKEN_INVALID' },
        { name: "a service's proof as token", headers: bearer(stolen), reason: 'TOKEN_INVALID' },
      ]
      if (!internal) return anybody
      return [
        ...anybody,
        { name: 'nothing', headers: {}, reason: 'AUDIENCE_MISMATCH' },
        { name: 'a mighty user', headers: bearer(user), reason: 'AUDIENCE_MISMATCH' },
      ]
    })
    expect(wrong).toEqual([])
  },
  { ...options, peerUrl: () => thief.url },
)

placements(
  'a session that was ended is refused by every RPC of every service, though its token has not run out [S1-12][S1-75]',
  services,
  async (suite) => {
    const auth = suite.client(AuthService)
    const { tokens } = await auth.startGuestSession({ language: 'rw' })
    const { accessToken = '', refreshToken = '' } = tokens ?? {}
    const guest = suite.clientWithToken(AuthService, accessToken)
    expect((await guest.getProfile({})).profile?.userId).toBe(tokens?.userId)
    await auth.logOut({ refreshToken })
    await suite.settle()
    const reason = () => guest.getProfile({}).then(() => undefined, reasonOf)
    await expect.poll(reason, { timeout: 5_000 }).toBe('SESSION_REVOKED')
    const ended = [{ name: 'an ended session', headers: bearer(accessToken), reason: 'SESSION_REVOKED' }]
    expect(await attemptAll(suite, 'ended sessions', () => ended)).toEqual([])
  },
  options,
)

placements(
  'a permission that is missing is named, so that whoever asks for it knows what to ask for',
  services,
  async (suite) => {
    await forEachOf(
      rpcs.filter(({ internal, policy }) => !internal && policy.permission !== ''),
      async (rpc) => {
        const headers = bearer(await suite.token({ ...everything, permissions: [] }))
        const { refusal } = await callBy(suite.host.transportTo(rpc.owner), rpc, {}, headers)
        expect(metadataOf(refusal)).toEqual({ permission: rpc.policy.permission })
      },
    )
  },
  { ...options, placements: ['memory'] },
)
