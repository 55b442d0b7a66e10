import type { Claim } from '../../domain/callback.ts'
import { fieldsOf, type Fields, objectIn, textIn } from '../json.ts'

/** Keys under which the operations name the amount, and the receipt. */
const AMOUNT_KEYS = ['Amount', 'TransactionAmount']
const RECEIPT_KEYS = ['ReceiptNo', 'TransactionReceipt']

/**
 * Reads what Daraja posts: the outcome of a push (`Body.stkCallback`), or the `Result` of an operation.
 *
 * Lenient where Daraja is loose: numbers and strings both, items in any order, without value or as one object instead
 * of a list, fields that are missing.
 *
 * @throws {RangeError} when it is neither
 */
export function parseCallback(body: Uint8Array): Claim {
  const envelope = objectIn(new TextDecoder().decode(body))
  const push = fieldsOf(fieldsOf(envelope?.['Body'])?.['stkCallback'])
  if (push) return pushClaim(push)
  const result = fieldsOf(envelope?.['Result'])
  if (result) return resultClaim(result)
  throw new RangeError('neither the outcome of a push nor the result of an operation')
}

function pushClaim(push: Fields): Claim {
  const reference = textIn(push, 'CheckoutRequestID')
  const code = textIn(push, 'ResultCode')
  if (reference === '' || code === '') throw new RangeError('names no CheckoutRequestID or no ResultCode')
  const items = pairsOf(fieldsOf(push['CallbackMetadata'])?.['Item'], 'Name')
  return {
    about: 'CHARGE',
    references: [reference],
    success: code === '0',
    code,
    receipt: items.get('MpesaReceiptNumber') ?? '',
    amount: items.get('Amount') ?? '',
    currency: '', // Daraja names none: a paybill has one
  }
}

function resultClaim(result: Fields): Claim {
  const references = ['ConversationID', 'OriginatorConversationID'].map((name) => textIn(result, name))
  const code = textIn(result, 'ResultCode')
  if (references.every((reference) => reference === '') || code === '') {
    throw new RangeError('names no ConversationID or no ResultCode')
  }
  const parameters = pairsOf(fieldsOf(result['ResultParameters'])?.['ResultParameter'], 'Key')
  const status = parameters.get('TransactionStatus') ?? 'Completed'
  return {
    about: 'RESULT',
    references: references.filter((reference) => reference !== ''),
    success: code === '0' && status === 'Completed',
    code: code === '0' && status !== 'Completed' ? status : code,
    receipt: first(parameters, RECEIPT_KEYS) ?? textIn(result, 'TransactionID'),
    amount: first(parameters, AMOUNT_KEYS) ?? '',
    currency: '',
  }
}

/** `[{ Name, Value }]`, or one such object, as a map; entries without value are left out, of doubles the first counts. */
function pairsOf(items: unknown, nameField: 'Name' | 'Key'): ReadonlyMap<string, string> {
  const list: unknown[] = Array.isArray(items) ? items : [items]
  const pairs = new Map<string, string>()
  for (const item of list) {
    const fields = fieldsOf(item)
    const [name, value] = [textIn(fields, nameField), textIn(fields, 'Value')]
    if (name !== '' && value !== '' && !pairs.has(name)) pairs.set(name, value)
  }
  return pairs
}

function first(pairs: ReadonlyMap<string, string>, names: readonly string[]): string | undefined {
  const found = names.find((name) => pairs.has(name))
  return found === undefined ? undefined : pairs.get(found)
}
