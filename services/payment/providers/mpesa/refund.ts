import type { CallbackUrls, Return, Submission } from '../provider.ts'
import { textIn } from '../json.ts'
import { sendToPhone } from './b2c.ts'
import type { Daraja } from './index.ts'
import { submissionOf } from './submission.ts'
import { wholeUnits } from '../wallet.ts'

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

/** Sends the money to the payer anew: a payment is reversed only once. */
export function payBack(
  daraja: Daraja,
  { refundId, amount, phone, reason }: Return,
  urls: CallbackUrls,
): Promise<Submission> {
  return sendToPhone(daraja, { id: refundId, amount, phone, remarks: reason }, urls)
}
