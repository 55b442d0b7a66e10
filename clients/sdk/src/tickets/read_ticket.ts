import { fromBinary } from '@bufbuild/protobuf'
import { TicketClaimsSchema, type TicketClaims } from '../../../../gen/tms/qr/v1/ticket_pb.ts'
import { hexOf } from '../hex.ts'
import { decodeBase45 } from './base45.ts'

/**
 * Reads ticket codes on a device that holds no secret and may have no network, by Ed25519 and WebCrypto.
 *
 * The layout is documented in `proto/tms/qr/v1/ticket.proto`; the mac at the end of a code is for the service alone.
 * Source: RFC 8032; WICG "Secure Curves in the Web Cryptography API".
 */

/** Public keys by their ids, ready for use. */
export type TicketKeys = ReadonlyMap<string, CryptoKey>

/** What a ticket promises. */
export type TicketFacts = {
  readonly ticketId: string
  readonly tripId: string
  readonly tenantId: string
  readonly bookingCode: string
  readonly passengerName: string
  readonly seatLabel: string
  readonly seatClass: TicketClaims['seatClass']
  /** The call of the trip where the passenger may board first. */
  readonly fromSequence: number
  /** The call where the passenger must alight. */
  readonly toSequence: number
  readonly serviceDate: string
  readonly departureTime: Date
  readonly expireTime: Date
}

/** What can be told of a code alone. */
export type ReadTicket =
  | { readonly result: 'MALFORMED' | 'UNKNOWN_KEY' | 'TAMPERED' }
  | { readonly result: 'GENUINE'; readonly ticket: TicketFacts }

const prefix = 'TMS1:'
const prefixBytes = new TextEncoder().encode(prefix)
const keyIdLength = 4
const signatureLength = 64
const macLength = 32
const shortestBody = 2 * keyIdLength + 1 + signatureLength + macLength
/** The most that a QR symbol holds in alphanumeric mode. */
const longestCode = 4_296

/**
 * Makes the keys of `tms.qr.listVerificationKeys` ready for use; do it while there is a network, and keep the keys.
 *
 * @throws {DOMException} when a key is not 32 bytes, or the browser has no Ed25519 (Chromium before 137).
 */
export async function importTicketKeys(
  keys: Iterable<{ readonly keyId: string; readonly publicKey: Uint8Array }>,
): Promise<TicketKeys> {
  const ready = Array.from(keys, async ({ keyId, publicKey }) => {
    const key = await crypto.subtle.importKey('raw', Uint8Array.from(publicKey), 'Ed25519', false, ['verify'])
    return [keyId, key] as const
  })
  return new Map(await Promise.all(ready))
}

/** Checks a code's signature, and reads the ticket in it. Whether the ticket is good here and now, `checkTicket` tells. */
export async function readTicket(code: string, keys: TicketKeys): Promise<ReadTicket> {
  const isCode = code.startsWith(prefix) && code.length <= longestCode
  const body = isCode ? decodeBase45(code.slice(prefix.length)) : undefined
  if (!body || body.length < shortestBody) return { result: 'MALFORMED' }
  const signatureAt = body.length - macLength - signatureLength
  const key = keys.get(hexOf(body.subarray(keyIdLength, 2 * keyIdLength)))
  if (!key) return { result: 'UNKNOWN_KEY' }
  const signed = new Uint8Array([...prefixBytes, ...body.subarray(0, signatureAt)])
  const signature = body.subarray(signatureAt, signatureAt + signatureLength)
  if (!(await crypto.subtle.verify('Ed25519', key, signature, signed))) return { result: 'TAMPERED' }
  // Only now: what was not signed by us is not parsed.
  const claims = fromBinary(TicketClaimsSchema, body.subarray(2 * keyIdLength, signatureAt))
  return { result: 'GENUINE', ticket: factsOf(claims) }
}

function factsOf(claims: TicketClaims): TicketFacts {
  const { bookingCode, passengerName, seatLabel, seatClass, fromSequence, toSequence } = claims
  return {
    ticketId: uuidOf(claims.ticketId),
    tripId: uuidOf(claims.tripId),
    tenantId: uuidOf(claims.tenantId),
    ...{ bookingCode, passengerName, seatLabel, seatClass, fromSequence, toSequence },
    serviceDate: new Date(claims.serviceDay * 86_400_000).toISOString().slice(0, 10),
    departureTime: new Date(claims.departureSeconds * 1000),
    expireTime: new Date(claims.expireSeconds * 1000),
  }
}

const uuidOf = (bytes: Uint8Array) => hexOf(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
