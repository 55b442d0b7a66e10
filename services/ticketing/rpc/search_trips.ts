import { isServiceDate, type Handler, nextPageToken } from '#kit'
import { SearchTripsRequest_Order, type TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import { refuse } from '../errors.ts'
import type { Ctx } from '../context.ts'
import { cursorOf, offerLegs, type OfferOrder, pageOfRides } from '../domain/offer.ts'
import { aKey, anId, cursorPage } from '../steps/cursors.ts'
import { atOpenLevels, nextPossibleDate, timetabled } from '../steps/search.ts'
import { takenSeats } from '../store/availability.ts'
import { classFromProto } from '../wire/classes.ts'
import { offerToProto } from '../wire/ride.ts'

const orders: Readonly<Record<number, OfferOrder>> = {
  [SearchTripsRequest_Order.PRICE]: 'PRICE',
  [SearchTripsRequest_Order.DURATION]: 'DURATION',
}

/** Finds a day's rides between two places: the timetable may be some seconds old, free seats are counted anew. */
export const searchTrips =
  (ctx: Ctx): Handler<typeof TicketingService.method.searchTrips> =>
  async (req) => {
    assertDate(req.serviceDate)
    const { limit, after } = cursorPage(req, { default: 20, max: 100 }, { key: aKey, tripId: anId })
    const now = ctx.clock.now()
    const leavingAfter = new Date(now.getTime() + ctx.settings.cutoffSeconds * 1000)
    const order = orders[req.order] ?? 'DEPARTURE'
    const seatClass = classFromProto(req.seatClass)
    const found = await timetabled(ctx, req, leavingAfter)
    const sorted = pageOfRides(found.rides, { order, seatClass, after, limit, leavingAfter })
    const page = await atOpenLevels(ctx, found, sorted)
    // All rows: what is on sale is public, whoever asks.
    const taken = await takenSeats(
      ctx.db.system,
      page.map((ride) => ({ tripId: ride.tripId, legs: offerLegs(ride) })),
      now,
    )
    return {
      offers: page.map((ride, i) => offerToProto(ride, taken[i] ?? {})),
      nextPageToken: nextPageToken(sorted, limit, (ride) => cursorOf(ride, order, seatClass)),
      nextPossibleDate:
        page.length > 0 || after ? '' : await nextPossibleDate(ctx, found, req.serviceDate, leavingAfter),
    }
  }

function assertDate(serviceDate: string): void {
  if (isServiceDate(serviceDate)) return
  throw refuse('DATE_INVALID', `there is no day ${serviceDate}`, { service_date: serviceDate })
}
