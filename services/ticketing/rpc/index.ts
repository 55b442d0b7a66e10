import type { ServiceImpl } from '@connectrpc/connect'
import type { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import type { Ctx } from '../context.ts'
import { boardTicket } from './board_ticket.ts'
import { cancelBooking } from './cancel_booking.ts'
import { findBooking } from './find_booking.ts'
import { getBooking } from './get_booking.ts'
import { getSeatMap } from './get_seat_map.ts'
import { holdSeats } from './hold_seats.ts'
import { listBookings } from './list_bookings.ts'
import { listConnections } from './list_connections.ts'
import { listDayFares } from './list_day_fares.ts'
import { listTowns } from './list_towns.ts'
import { listTripTickets } from './list_trip_tickets.ts'
import { quoteCancellation } from './quote_cancellation.ts'
import { quoteFare } from './quote_fare.ts'
import { releaseHold } from './release_hold.ts'
import { searchTrips } from './search_trips.ts'
import { suggestPlaces } from './suggest_places.ts'

/** Every RPC of the service; the compiler asks for one that is missing. */
export const rpcs = (ctx: Ctx): ServiceImpl<typeof TicketingService> => ({
  searchTrips: searchTrips(ctx),
  suggestPlaces: suggestPlaces(ctx),
  listConnections: listConnections(ctx),
  listTowns: listTowns(ctx),
  listDayFares: listDayFares(ctx),
  getSeatMap: getSeatMap(ctx),
  quoteFare: quoteFare(ctx),
  holdSeats: holdSeats(ctx),
  releaseHold: releaseHold(ctx),
  getBooking: getBooking(ctx),
  findBooking: findBooking(ctx),
  listBookings: listBookings(ctx),
  quoteCancellation: quoteCancellation(ctx),
  cancelBooking: cancelBooking(ctx),
  listTripTickets: listTripTickets(ctx),
  boardTicket: boardTicket(ctx),
})
