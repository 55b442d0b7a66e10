import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

/**
 * Keeps key material encrypted at rest: AES-256-GCM under a key derived from the setting `QR_KEY`.
 *
 * A sealed secret is nonce (12 bytes), ciphertext, tag (16 bytes). Its name is bound to it as associated data, so that a
 * secret moved to another row does not open.
 * Source: NIST SP 800-38D; RFC 5869 for the derivation.
 */
export type Seal = {
  readonly close: (name: string, secret: Uint8Array) => Buffer
  /** @throws {Error} when the bytes were changed, bear another name, or were sealed under another `QR_KEY`. */
  readonly open: (name: string, sealed: Uint8Array) => Buffer
}

const algorithm = 'aes-256-gcm'
const nonceLength = 12
const tagLength = 16

/** A seal under a passphrase or key of any form. */
export function sealUnder(masterSecret: string): Seal {
  const key = Buffer.from(hkdfSync('sha256', masterSecret, '', 'tms.qr signing keys at rest', 32))
  return {
    close(name, secret) {
      // 96 random bits stay unique for far more keys than are ever made.
      const nonce = randomBytes(nonceLength)
      const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagLength }).setAAD(Buffer.from(name))
      return Buffer.concat([nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()])
    },
    open(name, sealed) {
      const nonce = sealed.subarray(0, nonceLength)
      const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagLength })
      decipher.setAAD(Buffer.from(name)).setAuthTag(sealed.subarray(sealed.length - tagLength))
      return Buffer.concat([decipher.update(sealed.subarray(nonceLength, -tagLength)), decipher.final()])
    },
  }
}

/** What a key's secret is sealed under: it opens only as the key that it is. */
export function sealNameOf(key: { readonly algorithm: string; readonly keyId: string }): string {
  return `${key.algorithm} ${key.keyId}`
}
