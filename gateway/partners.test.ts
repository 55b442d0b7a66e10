import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { Code, createClient } from '@connectrpc/connect'
import { expect } from 'vitest'
import { newUuidV7, reasonOf } from '#kit'
import { placements, type Suite, type SuiteOptions } from '#kit/testing'
import { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import { type SessionRevoked, SessionRevokedSchema } from '#gen/tms/auth/v1/events_pb.ts'
import { ProbeService } from '#gen/tms/probe/v1/probe_pb.ts'
import { QrService } from '#gen/tms/qr/v1/qr_service_pb.ts'
import auth from '../services/auth/service.ts'
import qr from '../services/qr/service.ts'
import { probe } from '../services/kit/testing/probe/service.ts'
import { gatewayTo } from './service.ts'
import { aPort, refusalOf, sending, through, transportOf } from './testing.ts'

/** A suite whose services trust the tokens that auth signs, and hear of ended sessions. */
const options = {
  now: new Date().toISOString(), // verifiers compare tokens with the time on the wall
  outside: () => aPort(),
  userKeys: async (client) => {
    const { keys } = await client(AuthService).listSigningKeys({})
    return keys.map(({ keyId, keyType, curve, x, algorithm }) => ({
      kid: keyId,
      kty: keyType,
      crv: curve,
      x,
      alg: algorithm,
    }))
  },
  revocation: { schema: SessionRevokedSchema, sessionOf: (event) => (event as SessionRevoked).sessionId },
} satisfies SuiteOptions & { outside: unknown }

/** A key of a passenger who lets a machine read the profile. */
async function anApiKey(suite: Suite): Promise<string> {
  const { tokens } = await suite.client(AuthService).startGuestSession({})
  const permissions = ['auth.api_keys.create', 'auth.profile.read']
  const owner = suite.client(AuthService, { userId: tokens?.userId ?? '', permissions })
  const { secret } = await owner.createApiKey({
    apiKeyId: newUuidV7(Date.now()),
    name: 'partner',
    scopes: ['auth.profile.read'],
    expireTime: timestampFromMs(suite.clock.now().getTime() + 86_400_000),
  })
  return secret
}

placements(
  'a partner’s key is exchanged at auth, opens what is open to partners, and nothing else',
  [auth, qr, probe, gatewayTo([ProbeService, AuthService, QrService])],
  async (suite, outside) => {
    const headers = { 'x-api-key': await anApiKey(suite) }
    await through(
      outside,
      async (client) => {
        // Echo is for the public: the service was told who calls, and that it is a partner.
        const err = await refusalOf(client.echo({ text: 'hi' }))
        expect([err.code, reasonOf(err)]).toEqual([Code.PermissionDenied, 'AUDIENCE_MISMATCH'])
      },
      { headers },
    )
    const { transport, end } = transportOf('Connect over HTTP/2', outside.baseUrl, [sending(headers)])
    const { keys } = await createClient(QrService, transport).listVerificationKeys({})
    expect(keys.length).toBeGreaterThan(0)
    end()
    const wrong = { 'x-api-key': 'not a key' }
    await through(
      outside,
      async (client) => {
        for (let attempt = 0; attempt < 2; attempt++) {
          const err = await refusalOf(client.echo({ text: 'hi' }))
          expect([err.code, reasonOf(err)]).toEqual([Code.Unauthenticated, 'API_KEY_INVALID'])
        }
      },
      { headers: wrong },
    )
  },
  options,
)

placements(
  'tokens of auth open the gateway, also while its database is gone, until their session is ended; their public keys are on a page [S2-123]',
  [auth, probe, gatewayTo([ProbeService, AuthService])],
  async (suite, { baseUrl }) => {
    const plain = transportOf('Connect over HTTP/1.1', baseUrl)
    const { tokens } = await createClient(AuthService, plain.transport).startGuestSession({ language: 'rw' })
    const signedIn = transportOf('gRPC over HTTP/2', baseUrl, [
      sending({ authorization: `Bearer ${tokens?.accessToken ?? ''}` }),
    ])
    const answer = await createClient(ProbeService, signedIn.transport).echo({ text: 'hi' })
    expect(answer.userId).toBe(tokens?.userId)
    const jwks = (await (await fetch(`${baseUrl}/.well-known/jwks.json`)).json()) as { keys: object[] }
    expect(jwks.keys[0]).toMatchObject({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig' })
    const second = await createClient(AuthService, plain.transport).startGuestSession({ language: 'rw' })
    await withoutAuthDatabase(suite, async () => {
      await expect(createClient(AuthService, plain.transport).startGuestSession({})).rejects.toThrow()
      expect((await createClient(ProbeService, signedIn.transport).echo({ text: 'hi' })).userId).toBe(tokens?.userId)
      // A token that nobody has seen before is checked by the public keys alone: at the gateway, and at the service.
      const unseen = suite.clientWithToken(ProbeService, second.tokens?.accessToken ?? '')
      expect((await unseen.echo({ text: 'hi' })).userId).toBe(second.tokens?.userId)
      const headers = { authorization: `Bearer ${second.tokens?.accessToken ?? ''}` }
      await through({ baseUrl }, (client) => client.echo({ text: 'hi' }), { headers })
    })
    await createClient(AuthService, signedIn.transport).logOutEverywhere({})
    await suite.settle()
    const ended = await refusalOf(createClient(ProbeService, signedIn.transport).echo({ text: 'hi' }))
    expect(reasonOf(ended)).toBe('SESSION_REVOKED')
    plain.end()
    signedIn.end()
  },
  options,
)

/** Lets auth's role into this database no more, for as long as `work` lasts. */
async function withoutAuthDatabase(suite: Suite, work: () => Promise<void>): Promise<void> {
  const admin = suite.sql('auth')
  const [here] = await admin<{ name: string }[]>`select current_database() as name`
  const database = () => admin(here!.name)
  await admin`grant connect on database ${database()} to tms_probe`
  await admin`revoke connect on database ${database()} from public`
  await admin`
    select pg_terminate_backend(pid) from pg_stat_activity where usename = 'tms_auth' and datname = current_database()`
  try {
    await work()
  } finally {
    await admin`grant connect on database ${database()} to public`
  }
}
