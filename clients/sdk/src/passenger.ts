/** The client for passengers' web pages: the services that a passenger calls, at half the size of all of them. */
import { AuthService } from '../../../gen/tms/auth/v1/auth_service_pb.ts'
import { PaymentService } from '../../../gen/tms/payment/v1/payment_service_pb.ts'
import { TicketingService } from '../../../gen/tms/ticketing/v1/ticketing_service_pb.ts'
import { assembleOf, type ClientsOf, type TmsCore, type TmsOptions } from './core.ts'
import { fetchTransport } from './transport.ts'

export { AuthService, PaymentService, TicketingService }
export type { Profile } from '../../../gen/tms/auth/v1/account_pb.ts'
export { CodePurpose } from '../../../gen/tms/auth/v1/code_pb.ts'
export type { Connection, DayFare, Town } from '../../../gen/tms/ticketing/v1/connection_pb.ts'
export { PlaceKind, type PlaceSuggestion } from '../../../gen/tms/ticketing/v1/place_pb.ts'
export { BookingSchema, type Contact } from '../../../gen/tms/ticketing/v1/booking_pb.ts'
export { CancelCause } from '../../../gen/tms/ticketing/v1/events_pb.ts'
export {
  GetSeatMapResponse_SaleBar as SaleBar,
  GetSeatMapResponseSchema,
  type GetSeatMapResponse,
  type SearchTripsResponse,
} from '../../../gen/tms/ticketing/v1/ticketing_service_pb.ts'
export { type ClassOffer, type TripPoint } from '../../../gen/tms/ticketing/v1/trip_offer_pb.ts'
export { PaymentAttempt_State as AttemptState, type Quote } from '../../../gen/tms/payment/v1/payment_intent_pb.ts'
export type { Money } from '../../../gen/google/type/money_pb.ts'
export type { SignedIn } from './session/tokens.ts'
export * from './contracts.ts'
export { newId } from './ids.ts'
export { factsOf, fieldErrorsOf, reasonOf, retryAfterMsOf, type Reason } from './reasons.ts'

const services = { auth: AuthService, ticketing: TicketingService, payment: PaymentService }

/** A passenger's client. */
export type PassengerTms = TmsCore & ClientsOf<typeof services>

/** Makes a client that speaks the Connect protocol by `fetch`. */
export function createPassengerTms(options: TmsOptions): PassengerTms {
  const fetchFn: typeof fetch = (input, init) => fetch(input, init)
  return assembleOf(services, options, (interceptors) => fetchTransport(options.baseUrl, fetchFn, interceptors))
}
