import { decodeBase45, encodeBase45 } from './base45.ts'

/**
 * The layout of a ticket's code, as `proto/tms/qr/v1/ticket.proto` documents it.
 *
 * No file in this folder imports anything of Node, so that browsers and scanners read codes with the same lines.
 */

/** Names the version of the layout; it is signed with the rest. */
export const codePrefix = 'TMS1:'

/** The same for tags of luggage: what is signed as the one never passes as the other. */
export const tagPrefix = 'TMSL1:'

/** What a code begins with. */
export type CodePrefix = typeof codePrefix | typeof tagPrefix

const bytesOfPrefix = (prefix: CodePrefix) => new TextEncoder().encode(prefix)
const keyIdLength = 4
const signatureLength = 64
const macLength = 32
const shortest = 2 * keyIdLength + 1 + signatureLength + macLength

/** The longest text that a QR symbol holds in alphanumeric mode (version 40, error correction L). */
const longestText = 4296

/** A code taken apart; nothing in it has been checked. */
export type TicketCode = {
  /** Which HMAC key, 8 hexadecimal digits. */
  readonly macKeyId: string
  /** Which Ed25519 key, 8 hexadecimal digits. */
  readonly signatureKeyId: string
  /** A TicketClaims message; do not read it before the mac or the signature was found good. */
  readonly payload: Uint8Array<ArrayBuffer>
  /** Ed25519 over `signedBytes`. */
  readonly signature: Uint8Array<ArrayBuffer>
  /** HMAC-SHA256 over `authenticatedBytes`. */
  readonly mac: Uint8Array<ArrayBuffer>
  /** Prefix, key ids and payload. */
  readonly signedBytes: Uint8Array<ArrayBuffer>
  /** The same and the signature. */
  readonly authenticatedBytes: Uint8Array<ArrayBuffer>
}

/** The bytes that the signature covers. */
export function signedBytesOf(
  macKeyId: string,
  signatureKeyId: string,
  payload: Uint8Array,
  prefix: CodePrefix = codePrefix,
): Uint8Array<ArrayBuffer> {
  return concat(bytesOfPrefix(prefix), bytesOfHex(macKeyId), bytesOfHex(signatureKeyId), payload)
}

/** The bytes that the mac covers. */
export function authenticatedBytesOf(signedBytes: Uint8Array, signature: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat(signedBytes, signature)
}

/** The text for the QR symbol. */
export function encodeCode(authenticatedBytes: Uint8Array, mac: Uint8Array, prefix: CodePrefix = codePrefix): string {
  return prefix + encodeBase45(concat(authenticatedBytes.subarray(prefix.length), mac))
}

/** Takes a code apart. Returns undefined for a text that is no code with this prefix, or is cut short. */
export function decodeCode(text: string, prefix: CodePrefix = codePrefix): TicketCode | undefined {
  if (!text.startsWith(prefix) || text.length > longestText) return undefined
  const body = decodeBase45(text.slice(prefix.length))
  if (!body || body.length < shortest) return undefined
  const bytes = concat(bytesOfPrefix(prefix), body)
  const idsAt = prefix.length
  const payloadAt = idsAt + 2 * keyIdLength
  const macAt = bytes.length - macLength
  const signatureAt = macAt - signatureLength
  return {
    macKeyId: hexOf(bytes.subarray(idsAt, idsAt + keyIdLength)),
    signatureKeyId: hexOf(bytes.subarray(idsAt + keyIdLength, payloadAt)),
    payload: bytes.subarray(payloadAt, signatureAt),
    signature: bytes.subarray(signatureAt, macAt),
    mac: bytes.subarray(macAt),
    signedBytes: bytes.subarray(0, signatureAt),
    authenticatedBytes: bytes.subarray(0, macAt),
  }
}

function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** Bytes as lower-case hexadecimal digits. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** @throws {RangeError} when the text is not pairs of hexadecimal digits. */
export function bytesOfHex(hex: string): Uint8Array<ArrayBuffer> {
  if (!/^([0-9a-f]{2})*$/i.test(hex)) throw new RangeError(`"${hex}" is not hexadecimal`)
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => parseInt(hex.slice(2 * i, 2 * i + 2), 16))
}
