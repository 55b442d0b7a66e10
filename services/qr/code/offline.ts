import type { TicketPayload } from '#gen/tms/qr/v1/ticket_pb.ts'
import { decodeClaims, payloadOf } from './claims.ts'
import { decodeCode } from './ticket_code.ts'

/**
 * Checks codes on a device that holds no secret and may have no network, by Ed25519 and WebCrypto.
 *
 * The mac at the end of a code is not checked here: it takes the secret of the service.
 * Source: RFC 8032; WICG "Secure Curves in the Web Cryptography API".
 */

/** Public keys by their ids, ready for use. */
export type DeviceKeys = ReadonlyMap<string, CryptoKey>

/** What a device can tell of a code alone; then `judge` compares the ticket with the trip at hand. */
export type OfflineCheck =
  | { readonly result: 'MALFORMED' | 'UNKNOWN_KEY' | 'TAMPERED' }
  | { readonly result: 'GENUINE'; readonly ticket: TicketPayload }

/**
 * Makes the keys of ListVerificationKeys ready for use.
 *
 * @throws {DOMException} when a key is not 32 bytes, or the browser has no Ed25519.
 */
export async function importDeviceKeys(
  keys: readonly { readonly keyId: string; readonly publicKey: Uint8Array }[],
): Promise<DeviceKeys> {
  const ready = keys.map(async ({ keyId, publicKey }): Promise<[string, CryptoKey]> => [
    keyId,
    await crypto.subtle.importKey('raw', Uint8Array.from(publicKey), 'Ed25519', false, ['verify']),
  ])
  return new Map(await Promise.all(ready))
}

/** Checks a code's signature and reads the ticket in it. */
export async function checkOffline(text: string, keys: DeviceKeys): Promise<OfflineCheck> {
  const code = decodeCode(text)
  if (!code) return { result: 'MALFORMED' }
  const key = keys.get(code.signatureKeyId)
  if (!key) return { result: 'UNKNOWN_KEY' }
  const isGood = await crypto.subtle.verify('Ed25519', key, code.signature, code.signedBytes)
  return isGood ? { result: 'GENUINE', ticket: payloadOf(decodeClaims(code.payload)) } : { result: 'TAMPERED' }
}
