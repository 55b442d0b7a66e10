import { type Money, type OutboundResponse, withoutPlus } from '#kit'
import type { CallbackUrls, Submission } from '../provider.ts'
import type { Daraja } from './index.ts'
import { saysDuplicate, submissionOf } from './submission.ts'
import { wholeUnits } from '../wallet.ts'

/** Money to be sent to a phone, under an id of ours. */
export type Transfer = { readonly id: string; readonly amount: Money; readonly phone: string; readonly remarks: string }

/**
 * Sends money to a phone: `POST /mpesa/b2c/v3/paymentrequest`.
 *
 * Safe to repeat: Daraja refuses an OriginatorConversationID that it has had, and that is our id. It is also what the
 * result and a later question name it by, so that nothing is lost with the answer to the request.
 */
export function sendToPhone(daraja: Daraja, transfer: Transfer, urls: CallbackUrls): Promise<Submission> {
  const { client, operator, settings } = daraja
  const sending = operator.credential().then((credential) =>
    client.post('payout', {
      OriginatorConversationID: transfer.id,
      InitiatorName: operator.name,
      SecurityCredential: credential,
      CommandID: 'BusinessPayment',
      Amount: Number(wholeUnits(transfer.amount)),
      PartyA: settings.mpesaPayoutShortCode,
      PartyB: withoutPlus(transfer.phone),
      Remarks: transfer.remarks,
      QueueTimeOutURL: urls.timeout,
      ResultURL: urls.result,
      // Spelt so by Safaricom. It is kept with the transaction, so that a statement can name what it was.
      Occassion: transfer.id,
    }),
  )
  return submissionOf(sending.then(duplicateIsAccepted), () => transfer.id)
}

function duplicateIsAccepted(response: OutboundResponse): OutboundResponse {
  return saysDuplicate(response) ? { ...response, status: 200, text: '{"ResponseCode":"0"}' } : response
}
