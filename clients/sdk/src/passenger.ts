/** The client for passengers' web pages: what every page needs; paying, following and changing come beside it. */
import { AuthService } from '../../../gen/tms/auth/v1/auth_service_pb.ts'
import { TicketingService } from '../../../gen/tms/ticketing/v1/ticketing_service_pb.ts'
import { assembleOf, type ClientsOf, type TmsCore, type TmsOptions } from './core.ts'
import { fetchTransport } from './transport.ts'

export { AuthService, TicketingService }
export type { Profile } from '../../../gen/tms/auth/v1/account_pb.ts'
export { CodePurpose } from '../../../gen/tms/auth/v1/code_pb.ts'
export type { Connection, DayFare, Town } from '../../../gen/tms/ticketing/v1/connection_pb.ts'
export { PlaceKind, type PlaceSuggestion } from '../../../gen/tms/ticketing/v1/place_pb.ts'
export { BookingSchema, type Contact } from '../../../gen/tms/ticketing/v1/booking_pb.ts'
export { CancelCause } from '../../../gen/tms/ticketing/v1/cancel_cause_pb.ts'
export {
  GetSeatMapResponse_SaleBar as SaleBar,
  GetSeatMapResponseSchema,
  type GetSeatMapResponse,
  type SearchTripsResponse,
} from '../../../gen/tms/ticketing/v1/ticketing_service_pb.ts'
export { type ClassOffer, type TripPoint } from '../../../gen/tms/ticketing/v1/trip_offer_pb.ts'
export type { Money } from '../../../gen/google/type/money_pb.ts'
export type { SignedIn } from './session/tokens.ts'
export {
  BookingState,
  type Booking,
  type MapSeat,
  type Passenger,
  SeatClass,
  SearchOrder,
  SeatState,
  type Ticket,
  type TripOffer,
  TicketState,
} from './contracts.ts'
export { newId } from './ids.ts'
export { factsOf, fieldErrorsOf, reasonOf, retryAfterMsOf, type Reason } from './reasons.ts'

const services = { auth: AuthService, ticketing: TicketingService }

/** A passenger's client. */
export type PassengerTms = TmsCore & ClientsOf<typeof services>

/** Makes a client that speaks the Connect protocol by `fetch`. */
export function createPassengerTms(options: TmsOptions): PassengerTms {
  const fetchFn: typeof fetch = (input, init) => fetch(input, init)
  return assembleOf(services, options, (interceptors) => fetchTransport(options.baseUrl, fetchFn, interceptors))
}
