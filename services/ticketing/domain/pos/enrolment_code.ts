import { lettersFrom, normalizeCode } from '../booking_code.ts'

/** 25^12, about 6e16 codes: nobody guesses one in the minutes in which it counts. */
export const ENROLMENT_LETTERS = 12

/** An enrolment code from random bytes; undefined when too many of them had to be thrown away. */
export function enrolmentCodeFrom(random: Uint8Array): string | undefined {
  return lettersFrom(random, ENROLMENT_LETTERS)
}

/** As it is read out: `7K2M-QX4P-A9DR`. */
export function spelt(code: string): string {
  return code.replace(/(.{4})(?=.)/g, '$1-')
}

/** What was typed, as it was made. */
export const enrolmentCodeFromTyped = normalizeCode

/** What a device signs to show that it has the private half of the key that it brings. */
export function enrolmentChallenge(code: string): string {
  return `TMSE1:${code}`
}
