import { create } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type Handler, isZero, moneyToProto, sessionOf, type Tx } from '#kit'
import type { Booking } from '#gen/tms/ticketing/v1/booking_pb.ts'
import {
  type BookingChangeService,
  type ChangeBookingRequest,
  ChangeBookingResponseSchema,
} from '#gen/tms/ticketing/v1/booking_change_service_pb.ts'
import { SeatsHeldSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import type { Ctx } from '../../context.ts'
import { fundsOf } from '../../domain/booking.ts'
import { takeFrom } from '../../domain/funds.ts'
import { drawingCodes } from '../../steps/booking_codes.ts'
import { endForChange } from '../../steps/end_for_change.ts'
import { assertShown, claimAll, heldBooking } from '../../steps/hold.ts'
import { kept, rowsOf } from '../../steps/kept.ts'
import { giveUpPending } from '../../steps/pending_changes.ts'
import { holdInPlace, quoteOf, type QuotedChange } from '../../steps/plan_change.ts'
import { lockUnmoved } from '../../steps/reach_change.ts'
import { requestPayment } from '../../steps/request_payment.ts'
import { signTickets } from '../../steps/sign_tickets.ts'
import { tellSale } from '../../steps/tell_sale.ts'
import { readBooking } from '../../store/bookings.ts'
import { linkChange } from '../../store/changes.ts'
import type { Hold } from '../../store/claims.ts'
import { sellHeld, type SignedSeat } from '../../store/sales.ts'
import { bookingToProto } from '../../wire/booking.ts'

/** A change that is ready to be written; with tickets when nothing is to be paid for it. */
type Prepared = QuotedChange & { readonly hold: Hold; readonly tickets: readonly SignedSeat[] | undefined }

/** Puts another booking in the place of a paid one: at once, or when what is due has been paid. */
export const changeBooking =
  (ctx: Ctx): Handler<typeof BookingChangeService.method.changeBooking> =>
  async (req, call) => {
    const session = sessionOf(call)
    const answer = await drawingCodes(req.newBookingId, async () => {
      const quoted = await kept(quoteOf(ctx, session, req))
      const prepared = await kept(prepare(ctx, req, quoted))
      const work = async (tx: Tx) => {
        const change = prepared()
        await write(tx, ctx, change)
        const booking = await readBooking(tx, req.newBookingId)
        const reader = change.byStaff ? 'STAFF' : 'PASSENGER'
        return create(ChangeBookingResponseSchema, {
          booking: bookingToProto(booking!, change.ride, change.now, reader),
        })
      }
      return ctx.db.once(call, req, work, rowsOf(prepared))
    })
    await follow(ctx, answer.booking, session.userId)
    return answer
  }

/** @throws {ConnectError} FARE_CHANGED */
async function prepare(ctx: Ctx, req: ChangeBookingRequest, quoted: () => QuotedChange): Promise<Prepared> {
  const quote = quoted()
  assertShown(quote.terms.due, req.expectedAmountDue, 'amount_due')
  assertShown(quote.terms.refund, req.expectedRefund, 'refund')
  const hold = holdInPlace(ctx, quote, req.newBookingId)
  const atOnce = isZero(quote.terms.due)
  return { ...quote, hold, tickets: atOnce ? await signTickets(ctx, heldBooking(hold, 0n), quote.ride) : undefined }
}

/** The old booking is locked before any seat: whoever ends, boards or moves it comes before or after this. */
async function write(tx: Tx, ctx: Ctx, change: Prepared): Promise<void> {
  await lockUnmoved(tx, change)
  await (change.tickets ? exchange(tx, ctx, change, change.tickets) : holdForPayment(tx, ctx, change))
}

async function exchange(tx: Tx, ctx: Ctx, change: Prepared, tickets: readonly SignedSeat[]): Promise<void> {
  const { old, hold, terms, now, ride } = change
  // First, so that seats of its own can be kept.
  const changed = await endForChange(tx, ctx, { ...change, booking: hold, legs: hold.legs })
  const fence = await claimAll(tx, hold)
  const { left } = takeFrom(fundsOf(old), terms.refund)
  await linkChange(tx, hold.bookingId, { ...terms, bookingId: old.bookingId }, left)
  if (!(await sellHeld(tx, { bookingId: hold.bookingId, fence }, tickets, now))) {
    throw new Error('seats that were just claimed could not be sold')
  }
  await tellSale(tx, ctx, { booking: heldBooking(hold, fence), ride, tickets, now, reseated: false, changed })
}

async function holdForPayment(tx: Tx, ctx: Ctx, { old, hold, terms, ride }: Prepared): Promise<void> {
  await giveUpPending(tx, ctx, old)
  await claimAll(tx, hold)
  await linkChange(tx, hold.bookingId, { ...terms, bookingId: old.bookingId }, fundsOf(old))
  await tx.publish(SeatsHeldSchema, hold.bookingId, {
    tenantId: hold.tenantId,
    bookingId: hold.bookingId,
    tripId: hold.tripId,
    serviceDate: ride.trip.serviceDate,
    fromSequence: hold.legs.from,
    toSequence: hold.legs.to,
    seatLabels: hold.seats.map((seat) => seat.seatLabel),
    total: moneyToProto(terms.due),
    holdExpireTime: timestampFromDate(hold.holdExpireTime),
  })
}

/** Asks for the money of a change, also when an earlier attempt made it and died. */
async function follow(ctx: Ctx, answer: Booking | undefined, callerUserId: string): Promise<void> {
  // All rows: it was found to be the caller's.
  const booking = answer && (await readBooking(ctx.db.system, answer.bookingId))
  if (booking?.state === 'HELD') await requestPayment(ctx, answer!, { payerUserId: booking.userId, callerUserId })
}
