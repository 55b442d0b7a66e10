import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto'

/** What is done with AUTH_KEY; each use has a key of its own, so that one cannot be turned against another. */
export type Keychain = {
  /**
   * Seals a secret for storage (AES-256-GCM).
   *
   * @param boundTo what the secret belongs to: opened under another name, it is refused
   */
  readonly seal: (plain: Uint8Array, boundTo: string) => Buffer
  /** @throws {Error} when it was sealed by another key, for something else, or changed since */
  readonly open: (sealed: Uint8Array, boundTo: string) => Buffer
  /** Whether the newest key sealed it; if not, it should be sealed anew. */
  readonly isCurrent: (sealed: Uint8Array) => boolean
  /**
   * Hash of something short enough to be guessed, such as a six-digit code: without AUTH_KEY, a stolen table tells
   * nothing.
   */
  readonly pepper: (text: string) => Buffer
  /** The refresh token that follows another: the same for the same salt, and foreseen by nobody without AUTH_KEY. */
  readonly successorOf: (refreshToken: string, salt: Uint8Array) => string
  /** The secret of an API key: the same for the same salt, and foreseen by nobody without AUTH_KEY. */
  readonly apiKeySecret: (apiKeyId: string, salt: Uint8Array) => string
}

const KEY_ID_BYTES = 4
const NONCE_BYTES = 12
const TAG_BYTES = 16

type SealingKey = { readonly id: Buffer; readonly key: Buffer }

/**
 * Derives all keys (HKDF-SHA-256, RFC 5869).
 *
 * @param current AUTH_KEY: at least 16 characters, best 32 random bytes as text
 * @param former the AUTH_KEY before, which opens what it sealed; empty when there is none
 * @throws {RangeError} when AUTH_KEY is too short
 */
export function keychainFrom(current: string, former: string): Keychain {
  if (current.length < 16) throw new RangeError('AUTH_KEY must have at least 16 characters')
  const newest = sealingKey(current)
  const known = former === '' ? [newest] : [newest, sealingKey(former)]
  const pepperKey = derive(current, 'pepper')
  const refreshKey = derive(current, 'refresh')
  const apiKeyKey = derive(current, 'api-key')
  return {
    seal: (plain, boundTo) => seal(newest, plain, boundTo),
    open: (sealed, boundTo) => open(known, sealed, boundTo),
    isCurrent: (sealed) => newest.id.equals(sealed.subarray(0, KEY_ID_BYTES)),
    pepper: (text) => createHmac('sha256', pepperKey).update(text).digest(),
    successorOf: (token, salt) => createHmac('sha256', refreshKey).update(salt).update(token).digest('base64url'),
    apiKeySecret: (id, salt) => createHmac('sha256', apiKeyKey).update(salt).update(id).digest('base64url'),
  }
}

function derive(secret: string, use: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, 'tms-auth', use, 32))
}

function sealingKey(secret: string): SealingKey {
  const key = derive(secret, 'seal')
  return { key, id: createHash('sha256').update(key).digest().subarray(0, KEY_ID_BYTES) }
}

/** Key id, nonce, tag, ciphertext. */
function seal({ id, key }: SealingKey, plain: Uint8Array, boundTo: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(boundTo))
  const body = Buffer.concat([cipher.update(plain), cipher.final()])
  return Buffer.concat([id, nonce, cipher.getAuthTag(), body])
}

function open(known: readonly SealingKey[], sealed: Uint8Array, boundTo: string): Buffer {
  const bytes = Buffer.from(sealed)
  const found = known.find(({ id }) => id.equals(bytes.subarray(0, KEY_ID_BYTES)))
  if (!found) throw new Error('sealed by another AUTH_KEY: set AUTH_KEY_FORMER to the one before')
  const [nonceEnd, tagEnd] = [KEY_ID_BYTES + NONCE_BYTES, KEY_ID_BYTES + NONCE_BYTES + TAG_BYTES]
  const decipher = createDecipheriv('aes-256-gcm', found.key, bytes.subarray(KEY_ID_BYTES, nonceEnd), {
    authTagLength: TAG_BYTES,
  })
  decipher.setAAD(Buffer.from(boundTo)).setAuthTag(bytes.subarray(nonceEnd, tagEnd))
  return Buffer.concat([decipher.update(bytes.subarray(tagEnd)), decipher.final()])
}
