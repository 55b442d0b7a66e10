import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { ProbeService } from '#gen/tms/probe/v1/probe_pb.ts'
import { SERVICE_TOKEN, TOKEN_AUDIENCE, TOKEN_ISSUER, TOKEN_TYPE } from '#kit'
import type { Suite } from '#kit/testing'

/** A peer that keeps the proofs which others send to it. */
export type Thief = { readonly url: string; stolen(): string; stop(): Promise<void> }

/** Opens a peer that notes the token of whoever calls, and never answers well. */
export async function openThief(): Promise<Thief> {
  let token = ''
  const server = http2.createServer((req, res) => {
    token = String(req.headers[SERVICE_TOKEN] ?? '')
    res.writeHead(503).end()
  })
  const sessions = new Set<http2.ServerHttp2Session>()
  server.on('session', (session) => sessions.add(session))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    stolen: () => token,
    stop: async () => {
      for (const session of sessions) session.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Lets a service of the suite call the thief as its peer; returns the proof that it made out to it. */
export async function stealServiceToken(suite: Suite, thief: Thief, from: string): Promise<string> {
  await suite
    .peer(ProbeService, from)
    .tellCaller({})
    .catch(() => undefined)
  const token = thief.stolen()
  if (token === '') throw new Error('nothing was stolen')
  return token
}

/** Tokens that a stranger makes with keys of their own, for all powers. */
export async function strangersTokens() {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true })
  const jwk = await exportJWK(publicKey)
  const claims = { perms: ['*'], sid: crypto.randomUUID() }
  const access = (header: { kid: string; jwk?: typeof jwk }) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA', typ: TOKEN_TYPE, ...header })
      .setIssuer(TOKEN_ISSUER)
      .setAudience(TOKEN_AUDIENCE)
      .setSubject(crypto.randomUUID())
      .setExpirationTime('10m')
      .sign(privateKey)
  const service = (audience: string) =>
    new SignJWT()
      .setProtectedHeader({ alg: 'EdDSA', typ: 'svc+jwt' })
      .setIssuer('tms-service')
      .setSubject('ticketing')
      .setAudience(audience)
      .setExpirationTime('5m')
      .sign(privateKey)
  return { ofKnownKey: await access({ kid: 'test-key' }), withOwnKey: await access({ kid: 'mine', jwk }), service }
}

/** A token with other claims and the old signature. */
export function withOtherClaims(token: string, claims: Record<string, unknown>): string {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const old = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>
  const changed = Buffer.from(JSON.stringify({ ...old, ...claims })).toString('base64url')
  return [header, changed, signature].join('.')
}

/** A token that says it needs no signature. */
export function unsigned(token: string): string {
  const header = Buffer.from(JSON.stringify({ alg: 'none', typ: TOKEN_TYPE })).toString('base64url')
  return `${header}.${token.split('.')[1] ?? ''}.`
}
