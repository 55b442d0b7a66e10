import type { Session, Tx } from '#kit'
import type { SellAtDoorRequest } from '#gen/tms/ticketing/v1/boarding_service_pb.ts'
import type { Ctx } from '../context.ts'
import { chooseSeats } from '../domain/door.ts'
import { legsOf, type RideForSale, type Seat } from '../domain/ride.ts'
import { refuse } from '../errors.ts'
import type { Hold } from '../store/claims.ts'
import { lockLevels } from '../store/leg_loads.ts'
import { classFromProto } from '../wire/classes.ts'
import { freeSeatsFor } from '../store/sales.ts'
import { travellerFromProto } from '../wire/sales_terms.ts'
import { levelsFor } from './ask_price.ts'
import { asPainted, priceOf } from './find_ride.ts'
import { assertShown, holdOf } from './hold.ts'

/**
 * Decides which seats passengers at the door get, and for how much: by rules and levels as at any counter.
 *
 * @throws {ConnectError} TRIP_FULL, SEAT_UNKNOWN, SEAT_REPEATED, FARE_MISSING, FARE_CHANGED
 */
export async function planDoorSale(
  tx: Tx,
  ctx: Ctx,
  ride: RideForSale,
  req: SellAtDoorRequest,
  session: Session,
): Promise<Hold> {
  const now = ctx.clock.now()
  // Before seats are counted: a price that is told here is not taken back because of who buys at the same moment.
  if (ride.terms.levels.length > 0) await lockLevels(tx, req.tripId)
  const labels = labelsFor(req, await freeSeatsFor(tx, req.bookingId, req.tripId, legsOf(ride), now))
  const priced = priceOf(ride, labels, {
    ...{ channel: 'COUNTER', discount: undefined },
    travellers: req.passengers.map(travellerFromProto),
    levels: await levelsFor(tx, ride, labels, now),
  })
  if (req.expectedTotal) assertShown(priced.total, req.expectedTotal, 'total')
  return holdOf(ctx, ride, priced, {
    bookingId: req.bookingId,
    userId: session.userId,
    phone: req.phone,
    email: '',
    language: req.language || session.language,
    names: req.passengers.map(({ name }) => name),
    // The bus stands here, whenever it was to leave.
    holdExpireTime: new Date(now.getTime() + ctx.settings.holdSeconds * 1000),
    now,
  })
}

function labelsFor({ passengers }: SellAtDoorRequest, free: readonly Seat[]): readonly string[] {
  const wishes = passengers.map((one) => ({
    seatLabel: asPainted(one.seatLabel),
    seatClass: classFromProto(one.seatClass) ?? 'STANDARD',
  }))
  const chosen = chooseSeats(wishes, free)
  if ('labels' in chosen) return chosen.labels
  throw refuse('TRIP_FULL', `only ${chosen.free} seats of this class are free on the whole ride`, {
    seat_class: chosen.full,
    free_seats: String(chosen.free),
  })
}
