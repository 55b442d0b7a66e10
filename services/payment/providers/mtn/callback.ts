import type { Claim } from '../../domain/callback.ts'
import { objectIn, textIn } from '../json.ts'
import { reasonIn } from './answers.ts'

/**
 * Reads what MTN posts or puts: the same fields as a status query's answer, but no reference id. `externalId` is ours to
 * choose and carries it. There is no signature: whatever it says, MTN is asked.
 *
 * @throws {RangeError} when it is no such thing
 */
export function parseCallback(body: Uint8Array): Claim {
  const fields = objectIn(new TextDecoder().decode(body))
  const reference = textIn(fields, 'externalId')
  const status = textIn(fields, 'status')
  if (reference === '' || status === '') throw new RangeError('names no externalId or no status')
  const success = status === 'SUCCESSFUL'
  return {
    about: 'CHARGE',
    references: [reference],
    success,
    code: success ? status : reasonIn(fields) || status,
    receipt: textIn(fields, 'financialTransactionId'),
    amount: textIn(fields, 'amount'),
    currency: textIn(fields, 'currency'),
  }
}
