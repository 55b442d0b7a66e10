import { commonPasswords } from './common_passwords.ts'

/** Shortest password, in characters (NIST SP 800-63B, 5.1.1.2). */
export const MIN_PASSWORD_LENGTH = 8

/**
 * The form of a password that is hashed: the same whatever keyboard or system composed its accents
 * (NIST SP 800-63B, 5.1.1.2).
 */
export function canonicalPassword(password: string): string {
  return password.normalize('NFKC')
}

/**
 * Whether a password is among the first that somebody would try: a common one, with or without digits around it, one
 * character over and over, a run of the keyboard, or the account's own phone number, address or name.
 *
 * @param personal what belongs to the account: phone number, e-mail address, name
 */
export function isTooCommon(password: string, personal: readonly string[]): boolean {
  const plain = canonicalPassword(password).toLowerCase()
  if ([...plain].length < MIN_PASSWORD_LENGTH) return true
  const word = plain.replace(/^[\d\W_]+|[\d\W_]+$/gu, '')
  return (
    commonPasswords.has(plain) ||
    commonPasswords.has(word) ||
    new Set(plain).size < 3 ||
    isRun(plain) ||
    personal.some((text) => repeats(plain, text.toLowerCase()))
  )
}

const RUNS = ['01234567890', 'abcdefghijklmnopqrstuvwxyz', 'qwertyuiopasdfghjklzxcvbnm', 'azertyuiopqsdfghjklmwxcvbn']

function isRun(plain: string): boolean {
  const reversed = [...plain].reverse().join('')
  return RUNS.some((run) => (run + run).includes(plain) || (run + run).includes(reversed))
}

/** `alice@example.rw` is repeated by itself, by `alice` and by `alice2026`; `+250788123456` by `0788123456`. */
function repeats(plain: string, personal: string): boolean {
  const parts = [personal, personal.split('@')[0] ?? '', personal.replace(/\D/gu, '').slice(-9)]
  return parts.some((part) => part.length >= 4 && plain.includes(part) && plain.length - part.length < 5)
}
