import { on } from '#kit'
import { BookingOpenedSchema, BookingTransferredSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import { sends } from '../sending/notify.ts'
import { bookingOpened, bookingTransferred } from '../templates/booking_changed.ts'

/** Whoever rests a booking as an open ticket hears what it is worth, and until when. */
export const sendOpening = on(BookingOpenedSchema, sends([bookingOpened]), { name: 'send-opening' })

/** Whoever gave a booking away hears of it; the new holder gets the tickets. */
export const sendTransfer = on(BookingTransferredSchema, sends([bookingTransferred]), { name: 'send-transfer' })
