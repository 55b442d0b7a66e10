import { type Money, toDecimal, withoutPlus } from '#kit'
import type { Fields } from '../json.ts'

/** Longest text of a message. */
const MESSAGE_LENGTH = 160

/** The fields that everything created at MTN has. Amounts are decimal texts, whole for RWF and UGX. */
export function orderOf(amount: Money, reference: string, toPayer: string, toPayee: string): Fields {
  return {
    amount: toDecimal(amount),
    currency: amount.currency,
    // Callbacks carry no reference id: this is how they are recognised.
    externalId: reference,
    payerMessage: messageOf(toPayer),
    payeeNote: messageOf(toPayee),
  }
}

/** A wallet as MTN names it. */
export function walletAt(phone: string): Fields {
  return { partyIdType: 'MSISDN', partyId: withoutPlus(phone) }
}

/** Plain text only: apostrophes and other specials have been refused, and so has an empty message. */
function messageOf(text: string): string {
  const plain = text.normalize('NFD').replaceAll(/[^A-Za-z0-9 .,:/-]/g, '')
  return plain.trim().slice(0, MESSAGE_LENGTH) || 'payment'
}
