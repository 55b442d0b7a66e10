import { timestampDate } from '@bufbuild/protobuf/wkt'
import { type Handler, type Money, refuseCall } from '#kit'
import type { CreatePaymentIntentRequest, PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import type { Ctx } from '../context.ts'
import { intentToProto } from '../convert.ts'
import { findIntent, insertIntent } from '../store/intents.ts'
import type { IntentRow } from '../store/schema.ts'
import { amountOf } from './amount.ts'

/**
 * Writes down what is to be paid.
 *
 * An intent is its own record of the call: the id is the key, and what was asked never changes. So this takes one
 * statement where a stored answer would take five, and repeats are answered as the first call was.
 */
export const createPaymentIntent =
  (ctx: Ctx): Handler<typeof PaymentService.method.createPaymentIntent> =>
  async (req) => {
    const intent = intentOf(req, amountOf(req.amount), ctx.clock.now())
    // All rows: only services call this, for whatever company.
    if (await insertIntent(ctx.db.system, intent)) return answer(intent)
    const earlier = await findIntent(ctx.db.system, req.paymentIntentId)
    if (earlier && asksTheSame(earlier.intent, intent)) return answer(asItWasMade(earlier.intent))
    throw refuseCall('IDEMPOTENCY_KEY_REUSED', `the id ${req.paymentIntentId} was used for another order before`)
  }

function answer(intent: IntentRow) {
  return { paymentIntent: intentToProto({ intent, attempt: null }) }
}

/** What the caller chose of an intent, as against what became of it. */
const asked = [
  'tenantId',
  'payerUserId',
  'sellerUserId',
  'orderId',
  'orderReference',
  'description',
  'currency',
  'amountMinor',
] as const satisfies (keyof IntentRow)[]

function asksTheSame(one: IntentRow, other: IntentRow): boolean {
  return asked.every((field) => one[field] === other[field]) && one.expireTime.getTime() === other.expireTime.getTime()
}

/** An intent as the first call answered it. */
function asItWasMade(intent: IntentRow): IntentRow {
  const { createTime } = intent
  return { ...intent, ...newborn, updateTime: createTime }
}

const newborn = {
  capturedMinor: 0n,
  refundedMinor: 0n,
  state: 'REQUIRES_PAYMENT',
  late: false,
  attemptId: null,
  attemptCount: 0,
  revision: 1n,
  cause: 'order made',
  succeedTime: null,
} as const

function intentOf(req: CreatePaymentIntentRequest, amount: Money, now: Date): IntentRow {
  return {
    paymentIntentId: req.paymentIntentId,
    tenantId: req.tenantId,
    payerUserId: req.payerUserId === '' ? null : req.payerUserId,
    sellerUserId: req.sellerUserId === '' ? null : req.sellerUserId,
    orderId: req.orderId,
    orderReference: req.orderReference,
    description: req.description,
    currency: amount.currency,
    amountMinor: amount.minor,
    ...newborn,
    // Required by the contract: validation has refused a request without it.
    expireTime: req.expireTime ? timestampDate(req.expireTime) : now,
    createTime: now,
    updateTime: now,
  }
}
