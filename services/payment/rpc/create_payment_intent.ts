import { timestampDate } from '@bufbuild/protobuf/wkt'
import { type Handler, isConstraint, type Money } from '#kit'
import type { CreatePaymentIntentRequest, PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import type { Ctx } from '../context.ts'
import { intentToProto } from '../convert.ts'
import { refuse } from '../errors.ts'
import { insertIntent } from '../store/intents.ts'
import type { IntentRow } from '../store/schema.ts'
import { amountOf } from './amount.ts'

/** Writes down what is to be paid. */
export const createPaymentIntent =
  (ctx: Ctx): Handler<typeof PaymentService.method.createPaymentIntent> =>
  async (req, call) => {
    const intent = intentOf(req, amountOf(req.amount), ctx.clock.now())
    try {
      return await ctx.db.once(call, req, async (tx) => {
        await insertIntent(tx, intent)
        return { paymentIntent: intentToProto({ intent, attempt: null }) }
      })
    } catch (err) {
      if (!isConstraint(err, 'payment_intent_pkey')) throw err
      throw refuse('ID_TAKEN', 'this payment_intent_id is in use', { payment_intent_id: req.paymentIntentId })
    }
  }

function intentOf(req: CreatePaymentIntentRequest, amount: Money, now: Date): IntentRow {
  return {
    paymentIntentId: req.paymentIntentId,
    tenantId: req.tenantId,
    payerUserId: req.payerUserId === '' ? null : req.payerUserId,
    orderId: req.orderId,
    orderReference: req.orderReference,
    description: req.description,
    currency: amount.currency,
    amountMinor: amount.minor,
    capturedMinor: 0n,
    refundedMinor: 0n,
    state: 'REQUIRES_PAYMENT',
    late: false,
    attemptId: null,
    attemptCount: 0,
    revision: 1n,
    cause: 'order made',
    // Required by the contract: validation has refused a request without it.
    expireTime: req.expireTime ? timestampDate(req.expireTime) : now,
    createTime: now,
    updateTime: now,
    succeedTime: null,
  }
}
