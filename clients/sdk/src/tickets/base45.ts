const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'

/** The value of each character by its code; -1 for those that are none. */
const values = Int8Array.from({ length: 128 }, (_, code) => alphabet.indexOf(String.fromCharCode(code)))

/**
 * Reads Base45: three characters are two bytes, two are one. Undefined for text that no bytes are written as.
 * Source: RFC 9285.
 */
export function decodeBase45(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 3 === 1) return undefined
  const bytes: number[] = []
  for (let at = 0; at < text.length; at += 3) {
    const group = Array.from(text.slice(at, at + 3), (character) => values[character.charCodeAt(0)] ?? -1)
    const value = group.reduceRight((sum, digit) => sum * 45 + digit, 0)
    if (group.includes(-1) || value >= 256 ** (group.length - 1)) return undefined
    if (group.length === 3) bytes.push(value >> 8)
    bytes.push(value & 0xff)
  }
  return Uint8Array.from(bytes)
}
