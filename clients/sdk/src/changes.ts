/** Changes of paid bookings. A page loads it when somebody wants one: `tms.client(BookingChangeService)`. */
export { BookingChangeService } from '../../../gen/tms/ticketing/v1/booking_change_service_pb.ts'
export type { ChangeQuote } from '../../../gen/tms/ticketing/v1/booking_change_pb.ts'
