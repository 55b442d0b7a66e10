import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Claim } from '../../domain/callback.ts'
import { type Fields, fieldsOf, objectIn, textIn } from '../json.ts'

/**
 * Reads what Airtel posts about a collection. Amount and currency are only in its sentence for people; whatever it says,
 * Airtel is asked.
 *
 * @param key the portal's key for authenticated callbacks; without one a hash is not looked at
 * @throws {RangeError} when it is no such thing, or its hash is not right
 */
export function parseCallback(body: Uint8Array, key: string | undefined): Claim {
  const fields = objectIn(new TextDecoder().decode(body))
  const transaction = fieldsOf(fields?.['transaction'])
  const [id, status] = [textIn(transaction, 'id'), textIn(transaction, 'status_code')]
  if (!fields || !transaction || id === '' || status === '')
    throw new RangeError('names no transaction or no status_code')
  if (key !== undefined && !isAuthentic(fields, transaction, key)) throw new RangeError('its hash is not right')
  return {
    about: 'CHARGE',
    references: [id],
    success: status === 'TS',
    code: status,
    receipt: textIn(transaction, 'airtel_money_id'),
    amount: '',
    currency: '',
  }
}

/** Which bytes Airtel hashes is not documented: the body without its hash, or the transaction alone, both compact. */
function isAuthentic({ hash, ...rest }: Fields, transaction: Fields, key: string): boolean {
  if (typeof hash !== 'string') return false
  const given = Buffer.from(hash, 'base64')
  return [rest, transaction].some((candidate) => {
    const expected = createHmac('sha256', key).update(JSON.stringify(candidate)).digest()
    return given.length === expected.length && timingSafeEqual(given, expected)
  })
}
