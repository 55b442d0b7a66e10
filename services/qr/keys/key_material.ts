import { createPrivateKey, createSecretKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import type { MacKey, SignatureKey } from './signing.ts'

/** Makes keys, and opens the bytes that they are stored as. */

/** What is stored of a new key: the secret to be sealed, and for Ed25519 the public half. */
export type KeyMaterial = { readonly keyId: string; readonly secret: Buffer; readonly publicKey: Buffer | null }

/** 8 hexadecimal digits, random: so that keys of two installations do not meet, and an id tells nothing of their number. */
const newKeyId = () => randomBytes(4).toString('hex')

/** A new HMAC-SHA256 key: 32 random bytes, as long as the mac. */
export function newMacKey(): KeyMaterial {
  return { keyId: newKeyId(), secret: randomBytes(32), publicKey: null }
}

/** A new Ed25519 key: PKCS #8 and the 32 bytes of RFC 8032. */
export function newSignatureKey(): KeyMaterial {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const { x = '' } = publicKey.export({ format: 'jwk' })
  return {
    keyId: newKeyId(),
    secret: privateKey.export({ format: 'der', type: 'pkcs8' }),
    publicKey: Buffer.from(x, 'base64url'),
  }
}

/** Opens a stored HMAC key. */
export function openMacKey(keyId: string, secret: Buffer): MacKey {
  return { keyId, secret: createSecretKey(secret) }
}

/** Opens a stored Ed25519 key. */
export function openSignatureKey(keyId: string, secret: Buffer): SignatureKey {
  return { keyId, privateKey: createPrivateKey({ key: secret, format: 'der', type: 'pkcs8' }) }
}
