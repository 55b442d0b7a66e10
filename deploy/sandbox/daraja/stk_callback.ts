import type { PushPayment } from '../world/payments.ts'
import { compactTime } from './ids.ts'
import { resultCodeOnWire } from './result_codes.ts'

/** What a callback says; a receipt comes with success only. */
export type CallbackFacts = {
  readonly checkoutRequestId: string
  readonly merchantRequestId: string
  readonly code: string
  readonly text: string
  readonly receipt?: string
  readonly amount: number
  readonly time: Date
  readonly msisdn: string
}

/** The truth about a settled push. */
export function factsOf(payment: PushPayment, outcome: NonNullable<PushPayment['outcome']>): CallbackFacts {
  return {
    ...outcome,
    checkoutRequestId: payment.id,
    merchantRequestId: payment.push.merchantRequestId,
    amount: payment.amount,
    msisdn: payment.msisdn,
  }
}

/**
 * The body that M-PESA posts to `CallBackURL`, byte for byte: an amount with two decimals, a balance without value, dates
 * and numbers as JSON numbers beyond 32 bits, and no metadata at all on failure.
 */
export function callbackBody(facts: CallbackFacts): string {
  const head = JSON.stringify({
    MerchantRequestID: facts.merchantRequestId,
    CheckoutRequestID: facts.checkoutRequestId,
    ResultCode: resultCodeOnWire(facts.code),
    ResultDesc: facts.text,
  })
  const metadata = facts.receipt ? `,"CallbackMetadata":{"Item":[${items(facts, facts.receipt)}]}` : ''
  return `{"Body":{"stkCallback":${head.slice(0, -1)}${metadata}}}}`
}

/** Written by hand, because JSON.stringify would write 1.00 as 1. */
function items(facts: CallbackFacts, receipt: string): string {
  return [
    `{"Name":"Amount","Value":${facts.amount.toFixed(2)}}`,
    `{"Name":"MpesaReceiptNumber","Value":"${receipt}"}`,
    '{"Name":"Balance"}',
    `{"Name":"TransactionDate","Value":${compactTime(facts.time)}}`,
    `{"Name":"PhoneNumber","Value":${facts.msisdn}}`,
  ].join(',')
}
