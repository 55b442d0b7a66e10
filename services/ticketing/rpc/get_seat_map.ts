import type { Handler } from '#kit'
import { MapSeat_State } from '#gen/tms/ticketing/v1/trip_offer_pb.ts'
import { GetSeatMapResponse_SaleBar, type TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import type { Ctx } from '../context.ts'
import { type Fares, legsOf, type RideForSale, saleBar, type SeatClass } from '../domain/ride.ts'
import { findRide } from '../steps/find_ride.ts'
import { currentFares } from '../steps/shown_fares.ts'
import { type SeatState, seatStates } from '../store/availability.ts'
import { classToProto } from '../wire/classes.ts'
import { classOfferToProto, destinationToProto, originToProto } from '../wire/ride.ts'

/** Shows every seat of a trip and whether it is free on all legs of one ride. */
export const getSeatMap =
  (ctx: Ctx): Handler<typeof TicketingService.method.getSeatMap> =>
  async (req) => {
    const now = ctx.clock.now()
    const ride = await findRide(ctx, req)
    // All rows: that a seat is taken is public, by whom is not.
    const taken = await seatStates(ctx.db.system, req.tripId, legsOf(ride), now)
    const bar = saleBar(ride, now, ctx.settings.cutoffSeconds)
    return {
      seats: ride.seats.map(({ seatClass, ...seat }) => ({
        ...seat,
        seatClass: classToProto(seatClass),
        state: MapSeat_State[taken.get(seat.label) ?? 'FREE'],
      })),
      classes: classesOf(ride, taken, await faresShown(ctx, ride)).map((offer) =>
        classOfferToProto(offer, ride.trip.currency),
      ),
      origin: originToProto(ride.origin),
      destination: destinationToProto(ride.destination),
      bar: GetSeatMapResponse_SaleBar[bar ?? 'UNSPECIFIED'],
    }
  }

/** For one adult, at the level that is open now. */
async function faresShown(ctx: Ctx, ride: RideForSale): Promise<Fares> {
  const [shown = ride.fares] = await currentFares(ctx, [ride])
  return shown
}

function classesOf(ride: RideForSale, taken: ReadonlyMap<string, SeatState>, fares: Fares) {
  const classes = [...new Set(ride.seats.map((seat) => seat.seatClass))]
  return classes.map((seatClass: SeatClass) => ({
    seatClass,
    free: ride.seats.filter((seat) => seat.seatClass === seatClass && !taken.has(seat.label)).length,
    price: fares[seatClass],
  }))
}
