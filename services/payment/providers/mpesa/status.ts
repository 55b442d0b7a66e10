import type { CallbackUrls, Inquiry, Submission } from '../provider.ts'
import { textIn } from '../json.ts'
import type { Daraja } from './index.ts'
import { submissionOf } from './submission.ts'

/**
 * Asks what became of a receipt, or of an earlier conversation: `POST /mpesa/transactionstatus/v1/query`.
 *
 * @param shortCode the one that the money came to or left from
 */
export function askStatus(
  daraja: Daraja,
  inquiry: Inquiry,
  urls: CallbackUrls,
  shortCode: string = daraja.settings.mpesaShortCode,
): Promise<Submission> {
  const { client, operator } = daraja
  const about =
    'receipt' in inquiry ? { TransactionID: inquiry.receipt } : { OriginalConversationID: inquiry.reference }
  const sending = operator.credential().then((credential) =>
    client.post('status', {
      Initiator: operator.name,
      SecurityCredential: credential,
      CommandID: 'TransactionStatusQuery',
      ...about,
      PartyA: shortCode,
      IdentifierType: '4', // a short code
      ResultURL: urls.result,
      QueueTimeOutURL: urls.timeout,
      Remarks: 'status',
      Occasion: '',
    }),
  )
  return submissionOf(sending, (ack) => textIn(ack, 'ConversationID'))
}
