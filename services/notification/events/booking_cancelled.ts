import { on } from '#kit'
import { BookingCancelledSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import { sends } from '../sending/notify.ts'
import { bookingCancelled, tripCancelled } from '../templates/booking_cancelled.ts'

/** The passenger hears that a booking is off, by whose wish or because of the trip, and what is paid back. */
export const sendCancellation = on(BookingCancelledSchema, sends([bookingCancelled, tripCancelled]), {
  name: 'send-cancellation',
})
