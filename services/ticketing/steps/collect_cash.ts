import { create } from '@bufbuild/protobuf'
import { Code, ConnectError } from '@connectrpc/connect'
import { moneyToProto } from '#kit'
import { PaymentSucceededSchema } from '#gen/tms/payment/v1/events_pb.ts'
import { Method } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import type { Ctx } from '../context.ts'
import type { Booking } from '../domain/booking.ts'
import { judgePayment } from './judge_payment.ts'
import { settlePayment } from './settle_payment.ts'

/**
 * Has the payment service take cash, as counted by the caller. One payment intent takes it once: repeats are harmless.
 *
 * @throws {ConnectError} the refusals of payment's ConfirmPaymentIntent
 */
export async function collectCash(ctx: Ctx, paymentIntentId: string): Promise<void> {
  await ctx.peers.payment.confirmPaymentIntent({
    paymentIntentId,
    method: Method.CASH,
    idempotencyKey: paymentIntentId,
  })
}

/** Whether a peer has said no, as against not having said anything. */
export function isRefusal(err: unknown): boolean {
  const clear = [Code.PermissionDenied, Code.FailedPrecondition, Code.NotFound, Code.InvalidArgument]
  return err instanceof ConnectError && clear.includes(err.code)
}

/**
 * Turns a booking whose cash was just counted into tickets, without waiting for payment's event. The event comes anyway, and
 * finds nothing left to do; where it came first, this does.
 */
export async function settleAtOnce(ctx: Ctx, booking: Booking): Promise<void> {
  const { tenantId, bookingId, paymentIntentId, total } = booking
  const paid = { tenantId, paymentIntentId, orderId: bookingId, amount: moneyToProto(total) }
  const settlement = await judgePayment(ctx, create(PaymentSucceededSchema, paid))
  await ctx.db.transaction((tx) => settlePayment(tx, ctx, settlement), { tenantId })
}
