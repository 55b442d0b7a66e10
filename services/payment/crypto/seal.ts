import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto'

/** What a sealed value is: bound to it, so that a receipt does not open as a number. */
export type Use = 'number' | 'reference' | 'raw'

/** One of the keys that values are sealed under. */
type SealingKey = { readonly id: string; readonly cipherKey: Buffer; readonly nonceKey: Buffer }

/** The key that seals, and all that open. */
export type Keyring = {
  /** Names the sealing key: eight hex digits. */
  readonly keyId: string
  /**
   * Seals a text (AES-256-GCM). Numbers come out differently each time; a reference always the same, so that the
   * database can still say whether it has it: its nonce is made from the text (as in RFC 8452, by HMAC).
   *
   * Nothing stays nothing: the empty text is not sealed.
   */
  readonly seal: (use: Exclude<Use, 'raw'>, text: string) => string
  /** Seals bytes; differently each time. */
  readonly sealBytes: (bytes: Uint8Array) => Buffer
  /** Opens a sealed text; one that was never sealed is what it is. @throws {Error} under no known key, or when changed */
  readonly open: (use: Exclude<Use, 'raw'>, text: string) => string
  /** As {@link open}, for bytes. */
  readonly openBytes: (bytes: Uint8Array) => Buffer
}

const MARK = 's1.'
const RAW_MARK = Buffer.from('s1')
const ID_BYTES = 4
const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * Derives the keys (HKDF-SHA-256, RFC 5869).
 *
 * @param current PAYMENT_KEY: at least 16 characters, best 32 random bytes as text
 * @param former the keys before it, which open what they sealed
 * @throws {RangeError} when PAYMENT_KEY is too short
 */
export function keyringFrom(current: string, former: readonly string[]): Keyring {
  if (current.length < 16) throw new RangeError('PAYMENT_KEY must have at least 16 characters')
  const newest = sealingKey(current)
  const known = new Map([newest, ...former.map(sealingKey)].map((key) => [key.id, key]))
  const keyOf = (id: string): SealingKey => {
    const key = known.get(id)
    if (!key) throw new Error('sealed by another PAYMENT_KEY: name the one before in PAYMENT_KEY_FORMER')
    return key
  }
  return {
    keyId: newest.id,
    seal: (use, text) => {
      if (text === '') return ''
      const nonce = use === 'reference' ? nonceOf(newest, text) : randomBytes(NONCE_BYTES)
      return `${MARK}${newest.id}.${close(newest, use, nonce, Buffer.from(text)).toString('base64url')}`
    },
    open: (use, text) => {
      if (!isSealed(text)) return text
      const [, id = '', sealed = ''] = text.split('.')
      return openWith(keyOf(id), use, Buffer.from(sealed, 'base64url')).toString()
    },
    sealBytes: (bytes) => {
      const sealed = close(newest, 'raw', randomBytes(NONCE_BYTES), bytes)
      return Buffer.concat([RAW_MARK, Buffer.from(newest.id, 'hex'), sealed])
    },
    openBytes: (bytes) => {
      const raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      const idEnd = RAW_MARK.length + ID_BYTES
      if (!raw.subarray(0, RAW_MARK.length).equals(RAW_MARK)) return raw
      return openWith(keyOf(raw.subarray(RAW_MARK.length, idEnd).toString('hex')), 'raw', raw.subarray(idEnd))
    },
  }
}

/** Whether a text was sealed, by whatever key. */
export function isSealed(text: string): boolean {
  return text.startsWith(MARK)
}

function sealingKey(secret: string): SealingKey {
  const derive = (use: string) => Buffer.from(hkdfSync('sha256', secret, 'tms-payment', use, 32))
  const cipherKey = derive('columns')
  const id = createHash('sha256')
    .update(cipherKey)
    .digest('hex')
    .slice(0, 2 * ID_BYTES)
  return { id, cipherKey, nonceKey: derive('nonces') }
}

function nonceOf({ nonceKey }: SealingKey, text: string): Buffer {
  return createHmac('sha256', nonceKey).update(text).digest().subarray(0, NONCE_BYTES)
}

/** Nonce, tag, ciphertext. */
function close({ cipherKey }: SealingKey, use: Use, nonce: Buffer, plain: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', cipherKey, nonce).setAAD(Buffer.from(use))
  const body = Buffer.concat([cipher.update(plain), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), body])
}

function openWith({ cipherKey }: SealingKey, use: Use, sealed: Buffer): Buffer {
  const bodyStart = NONCE_BYTES + TAG_BYTES
  const decipher = createDecipheriv('aes-256-gcm', cipherKey, sealed.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  })
  decipher.setAAD(Buffer.from(use)).setAuthTag(sealed.subarray(NONCE_BYTES, bodyStart))
  return Buffer.concat([decipher.update(sealed.subarray(bodyStart)), decipher.final()])
}
