import type { PaybillPayment } from '../../domain/paybill.ts'
import { submitted } from '../outcomes.ts'
import type { CallbackAnswer, Paybill } from '../provider.ts'
import { objectIn, textIn } from '../json.ts'
import { faultIn } from './envelope.ts'
import type { Daraja } from './index.ts'

/** What M-Pesa is answered when it asks before a payment. */
const codes = {
  ACCEPTED: '0',
  UNKNOWN_REFERENCE: 'C2B00012',
  WRONG_AMOUNT: 'C2B00013',
  UNREADABLE: 'C2B00016',
} as const

/** M-Pesa's paybill (C2B): what payers send from their phone's own menu. */
export function paybillOf(daraja: Daraja): Paybill {
  const { settings } = daraja
  return {
    token: settings.mpesaPaybillToken,
    currency: settings.mpesaPaybillCurrency,
    parse: (body) => parsePayment(settings.mpesaShortCode, body),
    answer: (verdict) => answer(codes[verdict]),
    register: (urls) =>
      submitted(
        daraja.client.post('register', {
          ShortCode: settings.mpesaShortCode,
          // What M-Pesa does when we do not answer: the money is better in suspense than refused at the counter.
          ResponseType: 'Completed',
          ConfirmationURL: urls.confirmation,
          ValidationURL: urls.validation,
        }),
        (response) => {
          const fault = faultIn(response)
          const done =
            textIn(objectIn(response.text), 'ResponseCode') === '0' || /already registered/i.test(fault.message)
          return done
            ? { outcome: 'SETTLED', reference: settings.mpesaShortCode, receipt: undefined }
            : { outcome: 'UNKNOWN', code: fault.code }
        },
      ),
  }
}

/** @throws {RangeError} when it is no payment to this paybill. */
function parsePayment(shortCode: string, body: Uint8Array): PaybillPayment {
  const fields = objectIn(new TextDecoder().decode(body))
  const receipt = textIn(fields, 'TransID')
  const amount = textIn(fields, 'TransAmount')
  if (receipt === '' || amount === '') throw new RangeError('names no TransID or no TransAmount')
  if (textIn(fields, 'BusinessShortCode') !== shortCode) throw new RangeError('names another short code')
  const billReference = textIn(fields, 'BillRefNumber').replaceAll(/\s/g, '').toUpperCase().slice(0, 64)
  return { receipt, amount, billReference }
}

function answer(code: string): CallbackAnswer {
  const body = JSON.stringify({ ResultCode: code, ResultDesc: code === '0' ? 'Accepted' : 'Rejected' })
  return { status: 200, contentType: 'application/json', body }
}
