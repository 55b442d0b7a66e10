import type { OutboundResponse } from '#kit'
import { withoutPlus } from '#kit'
import type { CallbackUrls, Return, Submission } from '../provider.ts'
import { textIn } from './envelope.ts'
import type { Daraja } from './index.ts'
import { saysDuplicate, submissionOf } from './submission.ts'
import { wholeUnits } from './unsuitable.ts'

/**
 * Takes a payment back, wholly or in part: `POST /mpesa/reversal/v1/request`.
 *
 * A payment is reversed once: when a repeat is answered "already reversed", the first send had done it.
 */
export function reverse(daraja: Daraja, giveBack: Return, urls: CallbackUrls): Promise<Submission> {
  const { client, operator, settings } = daraja
  const sending = operator.credential().then((credential) =>
    client.post('reversal', {
      Initiator: operator.name,
      SecurityCredential: credential,
      CommandID: 'TransactionReversal',
      TransactionID: giveBack.paidReceipt,
      Amount: Number(wholeUnits(giveBack.amount)),
      ReceiverParty: settings.mpesaShortCode,
      RecieverIdentifierType: '11', // spelt so by Safaricom
      ResultURL: urls.result,
      QueueTimeOutURL: urls.timeout,
      Remarks: giveBack.reason,
      Occasion: '',
    }),
  )
  return submissionOf(sending, (ack) => textIn(ack, 'ConversationID'))
}

/** Sends money to the payer: `POST /mpesa/b2c/v3/paymentrequest`, idempotent on the refund's id. */
export function payOut(daraja: Daraja, giveBack: Return, urls: CallbackUrls): Promise<Submission> {
  const { client, operator, settings } = daraja
  const sending = operator.credential().then((credential) =>
    client.post('payout', {
      OriginatorConversationID: giveBack.refundId,
      InitiatorName: operator.name,
      SecurityCredential: credential,
      CommandID: 'BusinessPayment',
      Amount: Number(wholeUnits(giveBack.amount)),
      PartyA: settings.mpesaPayoutShortCode,
      PartyB: withoutPlus(giveBack.phone),
      Remarks: giveBack.reason,
      QueueTimeOutURL: urls.timeout,
      ResultURL: urls.result,
      Occassion: '', // spelt so by Safaricom
    }),
  )
  // Named by our own id, so that a repeat that is refused as a duplicate is the same request.
  return submissionOf(sending.then(duplicateIsAccepted), () => giveBack.refundId)
}

function duplicateIsAccepted(response: OutboundResponse): OutboundResponse {
  return saysDuplicate(response) ? { ...response, status: 200, text: '{"ResponseCode":"0"}' } : response
}
