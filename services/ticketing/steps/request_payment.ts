import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { moneyFromProto, moneyToProto } from '#kit'
import { type Booking as WireBooking, Booking_State as State } from '#gen/tms/ticketing/v1/booking_pb.ts'
import { SalesChannel } from '#gen/tms/company/v1/sales_terms_pb.ts'
import type { Ctx } from '../context.ts'

/** Longest description that payers are shown. */
const DESCRIPTION_LENGTH = 140

/**
 * Asks the payment service for the exact amount of a held booking.
 *
 * The intent's id was chosen in the transaction that held the seats, so asking again after a crash makes no second one. It is
 * not asked for when the hold is over: there is nothing to pay for any more.
 */
export async function requestPayment(
  ctx: Ctx,
  booking: WireBooking,
  { payerUserId, callerUserId }: { readonly payerUserId: string; readonly callerUserId: string },
): Promise<void> {
  const expire = dateOf(booking.holdExpireTime)
  // What costs nothing was sold at once.
  if (booking.state !== State.HELD || expire <= ctx.clock.now() || !booking.amountDue) return
  await ctx.peers.payment.createPaymentIntent({
    paymentIntentId: booking.paymentIntentId,
    tenantId: booking.tenantId,
    payerUserId,
    // Passengers who serve themselves have no seller; a partner or the company's staff has sold what it asks for.
    sellerUserId: booking.salesChannel === SalesChannel.WEB ? '' : callerUserId,
    amount: moneyToProto(moneyFromProto(booking.amountDue)),
    orderId: booking.bookingId,
    orderReference: booking.bookingCode,
    description: descriptionOf(booking),
    expireTime: timestampFromDate(expire),
  })
}

function descriptionOf({ origin, destination, serviceDate }: WireBooking): string {
  return `${origin?.stopName ?? ''} - ${destination?.stopName ?? ''}, ${serviceDate}`.slice(0, DESCRIPTION_LENGTH)
}

function dateOf(time: WireBooking['holdExpireTime']): Date {
  return new Date(time ? Number(time.seconds) * 1000 + time.nanos / 1e6 : 0)
}
