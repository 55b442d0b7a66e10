import { moneyToProto, type Session } from '#kit'
import type { Money as WireMoney } from '#gen/google/type/money_pb.ts'
import type { HoldSeatsRequest } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import { refuse } from '../errors.ts'
import type { Ctx } from '../context.ts'
import { holdEnd, legsOf, type Quote, type RideForSale } from '../domain/ride.ts'
import type { Hold } from '../store/claims.ts'
import { travellerFromProto } from '../wire/sales_terms.ts'
import { newBookingCode } from './booking_codes.ts'
import { askPrice } from './ask_price.ts'
import { asPainted, assertOnSale, priceOf } from './find_ride.ts'
import { heldPrice } from './held_quote.ts'
import { pricedAs } from './hold.ts'

/**
 * Decides who gets which seat, for how much and until when.
 *
 * @throws {ConnectError} TRIP_NOT_ON_SALE, SALES_CLOSED, SEAT_UNKNOWN, SEAT_REPEATED, SEAT_COUNT_WRONG, FARE_MISSING,
 * FARE_CHANGED, PROMOTION_REFUSED, QUOTE_INVALID, QUOTE_EXPIRED
 */
export async function planHold(ctx: Ctx, ride: RideForSale, req: HoldSeatsRequest, session: Session): Promise<Hold> {
  const now = ctx.clock.now()
  assertOnSale(ctx, ride, now)
  const labels = req.passengers.map((one) => asPainted(one.seatLabel))
  const travellers = req.passengers.map(travellerFromProto)
  const asked = await askPrice(ctx, ride, session, { labels, travellers, promotionCode: req.promotionCode })
  const fresh = priceOf(ride, labels, asked)
  const priced = req.quoteToken === '' ? fresh : await heldPrice(ctx, ride, req.quoteToken, { ...asked, labels })
  assertAsShown(priced, req.expectedTotal)
  return {
    bookingId: req.bookingId,
    tenantId: ride.trip.tenantId,
    userId: session.userId,
    bookingCode: newBookingCode(),
    tripId: ride.trip.tripId,
    basis: ride,
    legs: legsOf(ride),
    departureTime: ride.origin.departureTime,
    ...contactOf(req, session),
    paymentIntentId: ctx.newId(),
    holdExpireTime: holdEnd(ride, now, ctx.settings.holdSeconds),
    now,
    redemption: asked.redemption,
    ...pricedAs(
      ctx,
      ride,
      priced,
      req.passengers.map(({ name }) => name),
    ),
  }
}

function contactOf({ contact }: HoldSeatsRequest, session: Session) {
  return {
    phone: contact?.phone ?? '',
    email: contact?.email ?? '',
    language: contact?.language || session.language,
  }
}

/**
 * Compared as they are on the wire: an amount that no currency has is another amount, not a fault.
 *
 * @throws {ConnectError} FARE_CHANGED
 */
export function assertAsShown({ total }: Quote, shown: WireMoney | undefined): void {
  const { currencyCode, units, nanos } = moneyToProto(total)
  if (!shown || (shown.currencyCode === currencyCode && shown.units === units && shown.nanos === nanos)) return
  throw refuse('FARE_CHANGED', 'the price is another than the one that was shown', { total: total.minor.toString() })
}
