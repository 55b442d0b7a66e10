import type { Answer } from '../net/router.ts'
import type { Payment } from '../world/payments.ts'
import type { World } from '../world/world.ts'
import type { Daraja } from './daraja.ts'
import { type Body, matching, oneOf, present, textOf } from './fields.ts'
import { compactTime } from './ids.ts'
import { failed, type OperationOutcome, runOperation } from './operations.ts'

/**
 * `POST /mpesa/transactionstatus/v1/query`: what became of a receipt, or of a conversation.
 *
 * What M-PESA answers for an id that it does not know is undocumented; the generic 25 (invalid parameters) stands in.
 */
export function transactionStatus(daraja: Daraja, body: Body): Answer {
  const { world } = daraja
  oneOf(body, 'CommandID', ['TransactionStatusQuery'])
  matching(body, 'PartyA', /^\d{5,12}$/)
  oneOf(body, 'IdentifierType', ['1', '2', '4'])
  present(body, 'Remarks')
  const payment = wanted(daraja, body)
  const perform = () => (payment?.outcome?.code === '0' ? statusOf(world, payment) : failed('25'))
  const msisdn = payment?.msisdn ?? ''
  return runOperation(daraja, body, { initiatorField: 'Initiator', msisdn, movesMoney: false, perform })
}

/** By receipt, or by either side's conversation id. */
function wanted({ world, originators }: Daraja, body: Body): Payment | undefined {
  const conversation = textOf(body, 'OriginalConversationID')
  if (!conversation) return world.payments.findByReceipt(present(body, 'TransactionID'))
  return world.payments.find(originators.get(conversation) ?? conversation)
}

function statusOf(world: World, payment: Payment): OperationOutcome {
  const phone = `${payment.msisdn} - ${world.phones.of(payment.msisdn).name}`
  const business = `${payment.shortCode} - ${payment.business}`
  const outgoing = payment.kind === 'b2c' || payment.kind === 'reversal'
  const receipt = payment.outcome?.receipt
  return {
    code: '0',
    ...(receipt && { transactionId: receipt }),
    parameters: [
      ['DebitPartyName', outgoing ? business : phone],
      ['CreditPartyName', outgoing ? phone : business],
      ['OriginatorConversationID', payment.push?.merchantRequestId],
      ['ConversationID', payment.id],
      ['InitiatedTime', compactTime(payment.createTime)],
      ['FinalisedTime', compactTime(payment.outcome?.time ?? payment.createTime)],
      ['DebitAccountType', outgoing ? 'Utility Account' : 'MMF Account For Customer'],
      ['DebitPartyCharges'],
      ['TransactionReason'],
      ['ReasonType', reasons[payment.kind]],
      ['TransactionStatus', 'Completed'],
      ['Amount', String(payment.amount)],
      ['ReceiptNo', receipt],
    ],
  }
}

const reasons: Readonly<Partial<Record<Payment['kind'], string>>> = {
  'stk-push': 'Pay Bill Online',
  c2b: 'Pay Bill Online',
  b2c: 'Business Payment to Customer via API',
  reversal: 'Transaction Reversal via API',
}
