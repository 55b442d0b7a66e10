/**
 * Base45: bytes as text for the alphanumeric mode of a QR symbol, 3 characters for 2 bytes.
 *
 * Every byte string has exactly one text: groups that stand for more than 16 (or 8) bits are refused. The last character of
 * a group is never a space, so a code survives a reader that trims.
 * Source: RFC 9285.
 */

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'

/** The value of each character by its code; 255 for those that are none. A table, because scanners read thousands a minute. */
const values = Uint8Array.from({ length: 128 }, (_, code) => alphabet.indexOf(String.fromCharCode(code)))

/** Writes bytes as Base45. */
export function encodeBase45(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 2) {
    const high = bytes[i] ?? 0
    const low = bytes[i + 1]
    text += low === undefined ? digits(high, 2) : digits(high * 256 + low, 3)
  }
  return text
}

/** Reads Base45. Returns undefined for text that no bytes are written as. */
export function decodeBase45(text: string): Uint8Array<ArrayBuffer> | undefined {
  const rest = text.length % 3
  if (rest === 1) return undefined
  const bytes = new Uint8Array(Math.floor(text.length / 3) * 2 + (rest === 2 ? 1 : 0))
  let i = 0
  for (let at = 0; at + 2 < text.length; at += 3) {
    const value = digitAt(text, at) + 45 * digitAt(text, at + 1) + 2025 * digitAt(text, at + 2)
    if (!(value <= 0xffff)) return undefined
    bytes[i++] = value >> 8
    bytes[i++] = value & 0xff
  }
  if (rest === 2) {
    const value = digitAt(text, text.length - 2) + 45 * digitAt(text, text.length - 1)
    if (!(value <= 0xff)) return undefined
    bytes[i] = value
  }
  return bytes
}

/** A number to base 45, least significant digit first, in so many characters. */
function digits(value: number, length: number): string {
  let text = ''
  for (let rest = value, i = 0; i < length; i++, rest = Math.floor(rest / 45)) text += alphabet.charAt(rest % 45)
  return text
}

/** The value of a character; NaN, which spoils every sum, for one outside the alphabet. */
function digitAt(text: string, at: number): number {
  const value = values[text.charCodeAt(at)] ?? 255
  return value === 255 ? Number.NaN : value
}
