import { scrypt } from 'node:crypto'
import { promisify } from 'node:util'

const hashOf = promisify<string, string, number, Buffer>(scrypt)

const SHOWN = 4

/** A licence's number as everybody writes it: without spaces and dashes, in capitals. */
export function licenceNumber(number: string): string {
  return number.replaceAll(/[ /-]/g, '').toUpperCase()
}

/** Tells whether two numbers of one company are the same. Slow on purpose: the numbers are few enough to be tried. */
export function licenceHash(tenantId: string, number: string): Promise<Buffer> {
  return hashOf(licenceNumber(number), tenantId, 32)
}

/** The last characters of a number, the others as stars. */
export function maskedNumber(number: string): string {
  const text = licenceNumber(number)
  return text.slice(-SHOWN).padStart(text.length, '*')
}
