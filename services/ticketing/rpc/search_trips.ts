import { isServiceDate, type Handler, nextPageToken } from '#kit'
import { SearchTripsRequest_Order, type TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import { refuse } from '../errors.ts'
import type { Ctx } from '../context.ts'
import { cursorOf, type OfferOrder, pageOfRides } from '../domain/offer.ts'
import { anId, aWholeNumber, cursorPage } from '../steps/cursors.ts'
import { type DaySearch, nextPossibleDate, offered, timetabled } from '../steps/search.ts'
import { classFromProto } from '../wire/classes.ts'
import { offerToProto } from '../wire/ride.ts'

const orders: Readonly<Record<number, OfferOrder>> = {
  [SearchTripsRequest_Order.PRICE]: 'PRICE',
  [SearchTripsRequest_Order.DURATION]: 'DURATION',
}

/** Finds a day's rides between two places: the list of them may be some seconds old, what is shown of each is read anew. */
export const searchTrips =
  (ctx: Ctx): Handler<typeof TicketingService.method.searchTrips> =>
  async (req) => {
    assertDate(req.serviceDate)
    const { limit, after } = cursorPage(req, { default: 20, max: 100 }, { key: aWholeNumber, tripId: anId })
    const now = ctx.clock.now()
    const leavingAfter = new Date(now.getTime() + ctx.settings.cutoffSeconds * 1000)
    const order = orders[req.order] ?? 'DEPARTURE'
    const seatClass = classFromProto(req.seatClass)
    const { origin, destination, serviceDate } = req
    const search: DaySearch = { origin, destination, serviceDate, byFare: order === 'PRICE' }
    const look = async (anew: boolean) => {
      const found = await timetabled(ctx, search, leavingAfter, anew)
      const page = pageOfRides(found.rides, { order, seatClass, after, limit, leavingAfter })
      return { found, page, offers: await offered(ctx, found, page, now) }
    }
    let seen = await look(false)
    // The kept list has rides that are cancelled, or go elsewhere by now: others take their places.
    if (seen.offers.length < seen.page.length) seen = await look(true)
    const { found, page, offers } = seen
    return {
      offers: offers.map(offerToProto),
      nextPageToken: nextPageToken(page, limit, (ride) => cursorOf(ride, order, seatClass)),
      nextPossibleDate:
        offers.length > 0 || after ? '' : await nextPossibleDate(ctx, found, req.serviceDate, leavingAfter),
    }
  }

function assertDate(serviceDate: string): void {
  if (isServiceDate(serviceDate)) return
  throw refuse('DATE_INVALID', `there is no day ${serviceDate}`, { service_date: serviceDate })
}
