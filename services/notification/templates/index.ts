import { bookingCancelled, tripCancelled } from './booking_cancelled.ts'
import { bookingOpened, bookingTransferred } from './booking_changed.ts'
import { busChanged } from './bus_changed.ts'
import { latePaymentRefunded } from './late_payment_refunded.ts'
import { memberInvited } from './member_invited.ts'
import { oneTimeCode, passwordResetCode } from './one_time_code.ts'
import { rideOnTime, rideTimeChanged } from './ride_time_changed.ts'
import { parcelArrived, parcelSent } from './parcel_moved.ts'
import type { Template } from './template.ts'
import { ticketChanged, ticketIssued, ticketReseated } from './ticket_issued.ts'
import { tripChoice } from './trip_choice.ts'

/** Every message that the suite sends, by name. */
export const templates: readonly Template[] = [
  bookingCancelled,
  bookingOpened,
  bookingTransferred,
  busChanged,
  latePaymentRefunded,
  memberInvited,
  oneTimeCode,
  parcelArrived,
  parcelSent,
  passwordResetCode,
  rideOnTime,
  rideTimeChanged,
  ticketChanged,
  ticketIssued,
  ticketReseated,
  tripCancelled,
  tripChoice,
]

/** The template of a name; undefined when there is none. */
export function templateNamed(name: string): Template | undefined {
  return templates.find((template) => template.name === name)
}
