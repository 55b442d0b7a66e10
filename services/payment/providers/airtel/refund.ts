import { equals } from '#kit'
import { objectIn, fieldsOf, textIn } from '../json.ts'
import { submitted, verdictOf } from '../outcomes.ts'
import type { Return, Submission, Verdict } from '../provider.ts'
import { readAnswer, readEnquiry, readSubmission } from './answers.ts'
import type { Airtel } from './index.ts'
import { disburse, disbursementStatus } from './payouts.ts'
import { airtelIdOf } from './reference.ts'

/** Airtel takes back a payment wholly, and once: every other refund is sent as a disbursement under its own id. */
function isWhole({ amount, paidAmount, earlierRefunds }: Return): boolean {
  return earlierRefunds === 0 && equals(amount, paidAmount)
}

/** Gives money back. A repeated send looks first whether the one before had done it, for a refund has no id of ours. */
export async function refund(airtel: Airtel, giveBack: Return): Promise<Submission> {
  if (!isWhole(giveBack)) {
    const { refundId: id, amount, phone, reason: remark } = giveBack
    return disburse(airtel, { id, amount, phone, remark })
  }
  if (giveBack.repeated) {
    const earlier = await doneBefore(airtel, giveBack)
    if (earlier) return earlier
  }
  const submission = await reverse(airtel, giveBack)
  const refused = submission.outcome === 'FAILED' && giveBack.repeated
  return (refused ? await doneBefore(airtel, giveBack) : undefined) ?? submission
}

/** `POST /standard/v1/payments/refund`: says at once how that went. */
function reverse({ client }: Airtel, { attemptId, paidReceipt }: Return): Promise<Submission> {
  const reference = airtelIdOf(attemptId)
  const sending = client.post('refund', { transaction: { airtel_money_id: paidReceipt } })
  return submitted(sending, (response) => {
    const submission = readSubmission(response, reference)
    const { code, transaction } = readAnswer(response)
    if (submission.outcome !== 'ACCEPTED' || code !== 'DP00800001001') return submission
    return { outcome: 'SETTLED', reference, receipt: textIn(transaction, 'airtel_money_id') || undefined }
  })
}

/** What is known when the payment is refunded already, or nobody says whether it is; undefined when it is not. */
async function doneBefore(airtel: Airtel, giveBack: Return): Promise<Submission | undefined> {
  const verdict = await refundStatus(airtel, giveBack)
  if (verdict.outcome === 'PAID') {
    return { outcome: 'SETTLED', reference: airtelIdOf(giveBack.attemptId), receipt: undefined }
  }
  return verdict.outcome === 'UNKNOWN' ? verdict : undefined
}

/** What became of a refund: of a whole one the state of the payment tells, of another its disbursement. */
export function refundStatus(airtel: Airtel, giveBack: Return): Promise<Verdict> {
  // Whoever asks has waited until a send is over: what is not known by now never came.
  if (!isWhole(giveBack)) return disbursementStatus(airtel, giveBack.refundId, true)
  const path = `/standard/v1/payments/${airtelIdOf(giveBack.attemptId)}`
  return verdictOf(async () => {
    const response = await airtel.client.get(path)
    const state = textIn(fieldsOf(fieldsOf(objectIn(response.text)?.['data'])?.['transaction']), 'status')
    if (state === 'TR') return { outcome: 'PAID', receipt: undefined }
    if (state === 'TS') return { outcome: 'FAILED', reason: 'NOT_RECEIVED', code: state }
    const verdict = readEnquiry(response, false)
    // The payment that is to be given back has come: anything else is no ground to send or to give up.
    return verdict.outcome === 'UNKNOWN' ? verdict : { outcome: 'UNKNOWN', code: state }
  })
}
