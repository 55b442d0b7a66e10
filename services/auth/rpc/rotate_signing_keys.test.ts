import { decodeProtectedHeader, SignJWT, generateKeyPair, UnsecuredJWT } from 'jose'
import { expect } from 'vitest'
import { placements, type Suite } from '#kit/testing'
import { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import auth from '../service.ts'
import { as, logIn, PASSWORD, reasonFor, seed, inMemory, withAuth } from '../testing/people.ts'

const admin = '+250788000005'

const listed = async (suite: Suite) =>
  (await suite.client(AuthService).listSigningKeys({})).keys.map(({ keyId }) => keyId)

async function seedAdmin(suite: Suite): Promise<void> {
  await seed(suite, { phone: admin, password: PASSWORD, name: 'Admin', roles: ['admin'] })
}

const kidOf = ({ accessToken }: { accessToken: string }) => decodeProtectedHeader(accessToken).kid ?? ''

placements(
  'a key that rotates is followed by one that is announced first, and stays listed until its tokens ran out [S4-11]',
  [auth],
  async (suite) => {
    await seedAdmin(suite)
    const before = await logIn(suite, admin)
    const [old = ''] = await listed(suite)
    expect(kidOf(before)).toBe(old)
    const { keys } = await as(suite, before).rotateSigningKeys({ retireKeyId: old })
    const next = keys.map(({ keyId }) => keyId).find((keyId) => keyId !== old)
    expect(await listed(suite)).toEqual([old, next])
    expect(kidOf(await logIn(suite, admin))).toBe(old)
    suite.clock.advance({ minutes: 15 })
    const after = await logIn(suite, admin)
    expect(kidOf(after)).toBe(next)
    // A service asks for keys that it does not know once a second at most, by the clock on the wall.
    await expect.poll(() => reasonFor(as(suite, after).getProfile({})), { timeout: 3_000 }).toBe('ANSWERED')
    expect(await reasonFor(as(suite, before).getProfile({}))).toBe('ANSWERED')
    expect(await listed(suite)).toEqual([old, next])
    await suite.advance({ minutes: 12 })
    expect(await listed(suite)).toEqual([next])
    const [{ erased }] = await suite.sql('auth')<[{ erased: boolean }]>`
      select sealed_private is null as erased from signing_key where key_id = ${old}`
    expect(erased).toBe(true)
  },
  withAuth,
)

placements(
  'a key in strange hands leaves the list at once, and the next token is signed by another [S4-11]',
  [auth],
  async (suite) => {
    await seedAdmin(suite)
    const before = await logIn(suite, admin)
    const old = kidOf(before)
    await as(suite, before).rotateSigningKeys({ retireKeyId: old, compromised: true })
    const [next, ...others] = await listed(suite)
    expect([next === old, others]).toEqual([false, []])
    const after = await logIn(suite, admin)
    expect(kidOf(after)).toBe(next)
    const rotateUnknown = () => reasonFor(as(suite, after).rotateSigningKeys({ retireKeyId: 'no-such-key' }))
    await expect.poll(rotateUnknown, { timeout: 3_000 }).toBe('SIGNING_KEY_UNKNOWN')
  },
  // A repeat would come with the very token that the first call made void.
  { ...withAuth, sendTwice: false },
)

placements(
  'a month later a key has rotated by itself, once [S4-11]',
  [auth],
  async (suite) => {
    const [old] = await listed(suite)
    await suite.advance({ days: 29 })
    expect(await listed(suite)).toEqual([old])
    await suite.advance({ days: 1 })
    await suite.runJob('auth', 'rotate-keys')
    expect(await listed(suite)).toHaveLength(2)
    await suite.advance({ hours: 1 })
    const keys = await listed(suite)
    expect([keys.length, keys.includes(old ?? '')]).toEqual([1, false])
  },
  inMemory,
)

placements(
  'private keys are sealed in the table [S3-140]',
  [auth],
  async (suite) => {
    const [row] = await suite.sql('auth')<{ sealed: Buffer; x: string }[]>`
      select sealed_private as sealed, public_x as x from signing_key`
    // Key id 4, nonce 12, tag 16, and the 32 bytes of an Ed25519 seed.
    expect(row?.sealed).toHaveLength(64)
    expect(Buffer.from(row?.x ?? '', 'base64url')).toHaveLength(32)
  },
  { ...withAuth, placements: ['memory'] },
)

placements(
  'a token that was changed, ran out, is for others, is unsigned or signed by a stranger is refused [S1-12][S3-86][S4-04]',
  [auth],
  async (suite) => {
    await seedAdmin(suite)
    const { accessToken, userId } = await logIn(suite, admin)
    const use = (token: string) => reasonFor(suite.clientWithToken(AuthService, token).getProfile({}))
    expect(await use(accessToken)).toBe('ANSWERED')
    const [header = '', payload = '', signature = ''] = accessToken.split('.')
    const forged = Buffer.from(payload, 'base64url')
      .toString()
      .replace(userId, userId.replace(/.$/, userId.endsWith('f') ? '0' : 'f'))
    const sub = `${header}.${Buffer.from(forged).toString('base64url')}.${signature}`
    expect(await use(sub)).toBe('TOKEN_INVALID')
    expect(await use(`${header}.${payload}.${'A'.repeat(signature.length)}`)).toBe('TOKEN_INVALID')
    expect(await use(await suite.token({ userId }, { expiresInSeconds: -1 }))).toBe('TOKEN_EXPIRED')
    expect(await use(await suite.token({ userId }, { audience: 'somebody-else' }))).toBe('TOKEN_INVALID')
    expect(await use(await suite.token({ userId }, { issuer: 'somebody-else' }))).toBe('TOKEN_INVALID')
    expect(await use(new UnsecuredJWT({ sub: userId, perms: ['*'] }).encode())).toBe('TOKEN_INVALID')
    const { privateKey } = await generateKeyPair('EdDSA')
    const stranger = new SignJWT({ sub: userId, iss: 'tms', aud: 'tms', perms: ['*'] })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: kidOf({ accessToken }) })
      .setExpirationTime('5m')
    expect(await use(await stranger.sign(privateKey))).toBe('TOKEN_INVALID')
    expect(await reasonFor(suite.client(AuthService).getProfile({}))).toBe('TOKEN_MISSING')
  },
  withAuth,
)
