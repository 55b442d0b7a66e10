/** Values of the contracts that callers name, and messages that they hold, under names that stand by themselves. */
export { SeatClass } from '../../../gen/tms/company/v1/layout_pb.ts'
export {
  FailureReason as PaymentFailure,
  Method as PaymentMethod,
  PaymentIntent_State as PaymentState,
  type PaymentIntent,
} from '../../../gen/tms/payment/v1/payment_intent_pb.ts'
export {
  Booking_State as BookingState,
  Ticket_State as TicketState,
  type Booking,
  type Passenger,
  type Ticket,
} from '../../../gen/tms/ticketing/v1/booking_pb.ts'
export { SearchTripsRequest_Order as SearchOrder } from '../../../gen/tms/ticketing/v1/ticketing_service_pb.ts'
export {
  MapSeat_State as SeatState,
  type MapSeat,
  type TripOffer,
} from '../../../gen/tms/ticketing/v1/trip_offer_pb.ts'
