import type { ServiceImpl } from '@connectrpc/connect'
import type { BookingChangeService } from '#gen/tms/ticketing/v1/booking_change_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { changeBooking } from './change_booking.ts'
import { claimBooking } from './claim_booking.ts'
import { listBookingChanges } from './list_booking_changes.ts'
import { openBooking } from './open_booking.ts'
import { quoteChange } from './quote_change.ts'
import { quoteOpening } from './quote_opening.ts'
import { renamePassengers } from './rename_passengers.ts'
import { transferBooking } from './transfer_booking.ts'

/** Every method of BookingChangeService. */
export const changeRpcs = (ctx: Ctx): ServiceImpl<typeof BookingChangeService> => ({
  quoteChange: quoteChange(ctx),
  changeBooking: changeBooking(ctx),
  quoteOpening: quoteOpening(ctx),
  openBooking: openBooking(ctx),
  renamePassengers: renamePassengers(ctx),
  transferBooking: transferBooking(ctx),
  claimBooking: claimBooking(ctx),
  listBookingChanges: listBookingChanges(ctx),
})
