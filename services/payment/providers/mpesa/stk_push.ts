import { withoutPlus } from '#kit'
import type { CallbackUrls, Charge, Submission } from '../provider.ts'
import { darajaTime, pushPassword } from './credential.ts'
import { textIn } from '../json.ts'
import type { Daraja } from './index.ts'
import { submissionOf } from './submission.ts'
import { wholeUnits } from '../wallet.ts'

/** Longest text of a prompt's description. */
const DESCRIPTION_LENGTH = 13

/**
 * Asks the payer's phone for the PIN: `POST /mpesa/stkpush/v1/processrequest`.
 *
 * Has no idempotency key: whoever calls it twice asks the payer twice. Accepted under its CheckoutRequestID.
 */
export function pushPrompt(daraja: Daraja, charge: Charge, urls: CallbackUrls): Promise<Submission> {
  const { client, settings } = daraja
  const phone = withoutPlus(charge.phone)
  const body = {
    ...pushCredentials(daraja),
    TransactionType: 'CustomerPayBillOnline',
    Amount: Number(wholeUnits(charge.amount)),
    PartyA: phone,
    PartyB: settings.mpesaShortCode,
    PhoneNumber: phone,
    CallBackURL: urls.result,
    AccountReference: charge.reference,
    // Called optional by the documentation, refused as "Invalid Remarks" when left out.
    TransactionDesc: charge.description.slice(0, DESCRIPTION_LENGTH),
  }
  return submissionOf(client.post('push', body), (ack) => textIn(ack, 'CheckoutRequestID'))
}

/** The three fields by which a push, and its query, show that they come from the paybill's owner. */
export function pushCredentials({ settings, clock }: Daraja) {
  const timestamp = darajaTime(clock.now())
  return {
    BusinessShortCode: Number(settings.mpesaShortCode),
    Password: pushPassword(settings.mpesaShortCode, settings.mpesaPasskey, timestamp),
    Timestamp: timestamp,
  }
}
