import { parsePhone } from '#kit'

/** A phone number or an e-mail address, in the one form that it is stored and compared in. */
export type Contact = { readonly kind: 'PHONE' | 'EMAIL'; readonly value: string }

/** One `@`, no spaces, a dot in the domain: whether anybody reads there only a code can tell. */
const EMAIL = /^[^\s@<>"(),:;[\]\\]{1,64}@[^\s@]{1,190}\.[^\s@.]{2,63}$/u

/**
 * A phone number in E.164, of a country that we serve.
 *
 * @throws {RangeError} when it is none
 */
export function phoneContact(text: string): Contact {
  return { kind: 'PHONE', value: parsePhone(text) }
}

/**
 * An e-mail address in lower case.
 *
 * RFC 5321 lets the part before the `@` differ by case; no provider does, and people type both.
 *
 * @throws {RangeError} when it is none
 */
export function emailContact(text: string): Contact {
  const value = text.trim().normalize('NFC').toLowerCase()
  if (value.length > 254 || !EMAIL.test(value)) throw new RangeError('not an e-mail address')
  return { kind: 'EMAIL', value }
}
