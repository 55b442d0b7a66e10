import type { Session } from '#kit'
import type { HoldSeatsRequest } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import type { Ctx } from '../context.ts'
import { holdEnd, type RideForSale } from '../domain/ride.ts'
import type { Hold } from '../store/claims.ts'
import { travellerFromProto } from '../wire/sales_terms.ts'
import { askPrice } from './ask_price.ts'
import { asPainted, assertOnSale, priceOf } from './find_ride.ts'
import { heldPrice } from './held_quote.ts'
import { assertShown, holdOf } from './hold.ts'

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
  if (req.expectedTotal) assertShown(priced.total, req.expectedTotal, 'total')
  return holdOf(ctx, ride, priced, {
    bookingId: req.bookingId,
    userId: session.userId,
    ...contactOf(req, session),
    names: req.passengers.map(({ name }) => name),
    holdExpireTime: holdEnd(ride, now, ctx.settings.holdSeconds),
    now,
    redemption: asked.redemption,
  })
}

function contactOf({ contact }: HoldSeatsRequest, session: Session) {
  return {
    phone: contact?.phone ?? '',
    email: contact?.email ?? '',
    language: contact?.language || session.language,
  }
}
