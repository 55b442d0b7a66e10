import { createHmac, sign, timingSafeEqual, type KeyObject } from 'node:crypto'
import {
  authenticatedBytesOf,
  type CodePrefix,
  codePrefix,
  encodeCode,
  signedBytesOf,
  type TicketCode,
} from '../code/ticket_code.ts'

/** An HMAC key, open for use. */
export type MacKey = { readonly keyId: string; readonly secret: KeyObject }

/** An Ed25519 key, open for use. */
export type SignatureKey = { readonly keyId: string; readonly privateKey: KeyObject }

/** The two keys that sign new tickets. */
export type SigningKeys = { readonly mac: MacKey; readonly signature: SignatureKey }

/** Signs the bytes of a ticket, or of a tag, and gives their code. The same bytes and keys give the same code. */
export function signCode(payload: Uint8Array, keys: SigningKeys, prefix: CodePrefix = codePrefix): string {
  const signed = signedBytesOf(keys.mac.keyId, keys.signature.keyId, payload, prefix)
  const authenticated = authenticatedBytesOf(signed, sign(null, signed, keys.signature.privateKey))
  return encodeCode(authenticated, hmacSha256(keys.mac.secret, authenticated), prefix)
}

/** Whether a code's mac is good. Takes the same time wherever the first wrong byte stands. */
export function isAuthentic(code: TicketCode, key: MacKey): boolean {
  return timingSafeEqual(hmacSha256(key.secret, code.authenticatedBytes), code.mac)
}

/** HMAC with SHA-256, 32 bytes (RFC 2104, FIPS 180-4). */
export function hmacSha256(secret: KeyObject, message: Uint8Array): Buffer {
  return createHmac('sha256', secret).update(message).digest()
}
