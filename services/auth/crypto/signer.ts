import { type AccessClaims, TOKEN_AUDIENCE, TOKEN_ISSUER, TOKEN_TYPE } from '#kit'
import { calculateJwkThumbprint, type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose'
import type { Keychain } from './keychain.ts'

/** A key that signs access tokens. */
export type SigningKey = { readonly keyId: string; readonly privateKey: CryptoKey }

/** A fresh key as it is stored: the public half open, the private one sealed. */
export type NewKey = { readonly keyId: string; readonly publicX: string; readonly sealedPrivate: Buffer }

const ALGORITHM = 'EdDSA'
const CURVE = 'Ed25519'

/** Makes an Ed25519 key pair (RFC 8032); its id is the thumbprint of RFC 7638. */
export async function newSigningKey(keychain: Keychain): Promise<NewKey> {
  const pair = await generateKeyPair(ALGORITHM, { crv: CURVE, extractable: true })
  const { x, d } = await exportJWK(pair.privateKey)
  if (x === undefined || d === undefined) throw new Error('an Ed25519 key has x and d')
  const keyId = await calculateJwkThumbprint({ kty: 'OKP', crv: CURVE, x })
  return { keyId, publicX: x, sealedPrivate: keychain.seal(Buffer.from(d, 'base64url'), keyId) }
}

/**
 * Opens a stored key.
 *
 * @throws {Error} when it was sealed by an AUTH_KEY that is not known any more
 */
export async function openSigningKey(keychain: Keychain, stored: NewKey): Promise<SigningKey> {
  const { keyId, publicX, sealedPrivate } = stored
  const d = keychain.open(sealedPrivate, keyId).toString('base64url')
  const key = await importJWK({ kty: 'OKP', crv: CURVE, x: publicX, d }, ALGORITHM)
  if (key instanceof Uint8Array) throw new Error('a signing key must be an Ed25519 key pair')
  return { keyId, privateKey: key }
}

/** The public half as others verify with it (RFC 7517, RFC 8037). */
export function publicJwk({ keyId, x }: { readonly keyId: string; readonly x: string }): JWK {
  return { kty: 'OKP', crv: CURVE, x, kid: keyId, alg: ALGORITHM, use: 'sig' }
}

/** What one access token says. */
export type TokenContent = {
  readonly userId: string
  readonly claims: AccessClaims
  readonly issueTime: Date
  readonly expireTime: Date
}

/** Signs an access token (RFC 9068). */
export function signToken(key: SigningKey, { userId, claims, issueTime, expireTime }: TokenContent): Promise<string> {
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: ALGORITHM, kid: key.keyId, typ: TOKEN_TYPE })
    .setIssuer(TOKEN_ISSUER)
    .setAudience(TOKEN_AUDIENCE)
    .setSubject(userId)
    .setJti(crypto.randomUUID())
    .setIssuedAt(issueTime)
    .setExpirationTime(expireTime)
    .sign(key.privateKey)
}
