import { timestampDate } from '@bufbuild/protobuf/wkt'
import type { Handler } from '#kit'
import type { CashPayment, PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import type { Ctx } from '../context.ts'
import { recordCash, type TakenCash } from '../flow/record_cash.ts'
import { amountOf } from './amount.ts'

/**
 * Writes down what staff have taken in cash.
 *
 * An intent is its own record of the call, as with CreatePaymentIntent: its id is the key, so that no answer need be stored.
 */
export const recordCashPayments =
  (ctx: Ctx): Handler<typeof PaymentService.method.recordCashPayments> =>
  async ({ tenantId, payments }) => {
    const now = ctx.clock.now()
    const taken = payments.map((payment) => takenOf(payment, tenantId, now))
    // All rows: only services call this, for whatever company.
    const recordedCount = await ctx.db.transaction((tx) => recordCash(ctx, tx, taken), 'system')
    return { recordedCount }
  }

function takenOf(payment: CashPayment, tenantId: string, now: Date): TakenCash {
  const { paymentIntentId, orderId, orderReference, description, collectorUserId, owedBack } = payment
  return {
    ...{ paymentIntentId, tenantId, orderId, orderReference, description, collectorUserId, owedBack },
    amount: amountOf(payment.amount),
    // Required by the contract: validation has refused a request without it.
    collectTime: payment.collectTime ? timestampDate(payment.collectTime) : now,
  }
}
