/** Letters and digits that nobody takes for another, read out or written by hand: no 0 O 1 I L 8 B 5 S U V. */
const alphabet = '234679ACDEFGHJKMNPQRTWXYZ'

/** Length of a code: 25^8, about 1.5e11 codes. Twelve is the most that payment providers show. */
export const CODE_LENGTH = 8

/** Length of the codes of seats that counters are lent: never that of the others, so that the two need not be compared. */
export const COUNTER_CODE_LENGTH = 9

/** Bytes above this would make some letters likelier than others. */
const fairBelow = 256 - (256 % alphabet.length)

/**
 * A booking code from random bytes, e.g. `K7QM2XPA`; undefined when too many of the bytes had to be thrown away.
 *
 * 24 bytes are enough but once in 10^15.
 */
export function codeFrom(random: Uint8Array): string | undefined {
  return lettersFrom(random, CODE_LENGTH)
}

/** So many letters from random bytes, each as likely as any other; undefined when too many bytes had to be thrown away. */
export function lettersFrom(random: Uint8Array, length: number): string | undefined {
  const letters = Array.from(random)
    .filter((byte) => byte < fairBelow)
    .slice(0, length)
    .map((byte) => alphabet.charAt(byte % alphabet.length))
  return letters.length === length ? letters.join('') : undefined
}

/** A code as it is stored, from what somebody typed: case, spaces and dashes do not matter. */
export function normalizeCode(typed: string): string {
  return typed.replace(/[\s-]/g, '').toUpperCase()
}

/** What staff read out for one ticket of a booking; positions count from 0, numbers from 1. */
export function ticketNumber(bookingCode: string, position: number): string {
  return `${bookingCode}-${position + 1}`
}
