import type { OutboundResponse } from '#kit'
import { verdictOf } from '../outcomes.ts'
import type { Verdict } from '../provider.ts'
import { objectIn, textIn } from '../json.ts'
import { faultIn, saysPending } from './envelope.ts'
import type { Daraja } from './index.ts'
import { reasonOfCode, STILL_PROCESSING } from './result_codes.ts'
import { pushCredentials } from './stk_push.ts'

/** What became of a push: `POST /mpesa/stkpushquery/v1/query`. It never tells the receipt. */
export async function queryPush(daraja: Daraja, checkoutRequestId: string): Promise<Verdict> {
  const body = { ...pushCredentials(daraja), CheckoutRequestID: checkoutRequestId }
  return verdictOf(() => daraja.client.post('query', body).then(readVerdict))
}

function readVerdict(response: OutboundResponse): Verdict {
  if (response.status !== 200) {
    const fault = faultIn(response)
    return saysPending(fault) ? { outcome: 'PENDING' } : { outcome: 'UNKNOWN', code: fault.code }
  }
  const code = textIn(objectIn(response.text), 'ResultCode')
  if (code === STILL_PROCESSING) return { outcome: 'PENDING' }
  if (code === '0') return { outcome: 'PAID', receipt: undefined }
  // Acknowledged without a result, or in a shape that is not known: no ground to call a payment failed.
  if (code === '') return { outcome: 'UNKNOWN', code: 'unreadable answer' }
  return { outcome: 'FAILED', reason: reasonOfCode(code), code }
}
