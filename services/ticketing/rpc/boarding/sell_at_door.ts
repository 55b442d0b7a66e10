import { create } from '@bufbuild/protobuf'
import { type Handler, isZero, type Session, sessionOf, type Tx } from '#kit'
import {
  type BoardingService,
  type SellAtDoorRequest,
  SellAtDoorResponseSchema,
} from '#gen/tms/ticketing/v1/boarding_service_pb.ts'
import { HoldReleasedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import type { Ctx } from '../../context.ts'
import type { Booking } from '../../domain/booking.ts'
import type { RideForSale } from '../../domain/ride.ts'
import { refuse } from '../../errors.ts'
import { boardIfIssued } from '../../steps/board_rider.ts'
import { collectCash, isRefusal, settleAtOnce } from '../../steps/collect_cash.ts'
import { reachTrip } from '../../steps/crew.ts'
import { findRide } from '../../steps/find_ride.ts'
import { planDoorSale } from '../../steps/plan_door_sale.ts'
import { requestPayment } from '../../steps/request_payment.ts'
import { drawingCodes } from '../../steps/booking_codes.ts'
import { writeHold } from '../../steps/write_hold.ts'
import { readBooking } from '../../store/bookings.ts'
import { lastLeft } from '../../store/departures.ts'
import { markDoorSale } from '../../store/door_sales.ts'
import { releaseHeld } from '../../store/endings.ts'
import { bookingToProto } from '../../wire/booking.ts'

/** Sells seats at the door: held, paid in cash and boarded in one call. What a killed process leaves undone, a repeat does. */
export const sellAtDoor =
  (ctx: Ctx): Handler<typeof BoardingService.method.sellAtDoor> =>
  async (req, call) => {
    const session = sessionOf(call)
    const ride = await findRide(ctx, req)
    const once = () => ctx.db.once(call, req, (tx) => holdAtDoor(tx, ctx, req, ride, session))
    const held = (await drawingCodes(req.bookingId, once)).booking!
    let booking = await stateOf(ctx, req.bookingId)
    if (booking.state === 'HELD') {
      // Whoever rides for nothing pays nothing.
      if (!isZero(booking.total)) {
        await requestPayment(ctx, held, { payerUserId: session.userId, callerUserId: session.userId })
        await cashOrRelease(ctx, booking)
      }
      booking = await settled(ctx, booking)
    }
    if (booking.state !== 'CONFIRMED') {
      throw refuse('NOT_HELD', 'the seats were given up; sell anew under another id', { state: booking.state })
    }
    await ctx.db.transaction((tx) => boardAll(tx, ctx, booking, req))
    return { booking: bookingToProto(await stateOf(ctx, req.bookingId), ride, ctx.clock.now(), 'PASSENGER') }
  }

async function holdAtDoor(tx: Tx, ctx: Ctx, req: SellAtDoorRequest, ride: RideForSale, session: Session) {
  await reachTrip(tx, session, req.tripId)
  await assertOpen(tx, ride)
  const plan = await planDoorSale(tx, ctx, ride, req, session)
  const booking = await writeHold(tx, ctx, plan, ride)
  await markDoorSale(tx, req.bookingId)
  return create(SellAtDoorResponseSchema, { booking: bookingToProto(booking, ride, booking.createTime, 'PASSENGER') })
}

/**
 * The door is open until the bus has left the stop, whatever the timetable says.
 *
 * @throws {ConnectError} TRIP_NOT_ON_SALE, STOP_LEFT
 */
async function assertOpen(tx: Tx, { trip, state, suspended, origin }: RideForSale): Promise<void> {
  if (suspended || state === 'CANCELLED' || state === 'ARRIVED') {
    const why = { trip_id: trip.tripId, state: suspended ? 'SUSPENDED' : state }
    throw refuse('TRIP_NOT_ON_SALE', 'this trip is not sold', why)
  }
  const left = await lastLeft(tx, trip.tripId)
  if (left < origin.sequence) return
  throw refuse('STOP_LEFT', `the bus has left ${origin.stopName}`, { stop_sequence: String(origin.sequence) })
}

/** Takes the cash. Who may not take it has sold nothing: the seats are free at once. */
async function cashOrRelease(ctx: Ctx, { tenantId, bookingId, tripId, paymentIntentId }: Booking): Promise<void> {
  try {
    await collectCash(ctx, paymentIntentId)
  } catch (err) {
    if (isRefusal(err)) {
      await ctx.db.transaction(async (tx) => {
        if (!(await releaseHeld(tx, bookingId, ctx.clock.now()))) return
        await tx.publish(HoldReleasedSchema, bookingId, { tenantId, bookingId, tripId })
      })
    }
    throw err
  }
}

/** The booking once its cash is settled, by us or by payment's event, whichever was first. */
async function settled(ctx: Ctx, booking: Booking): Promise<Booking> {
  try {
    await settleAtOnce(ctx, booking)
  } catch (err) {
    const after = await stateOf(ctx, booking.bookingId)
    if (after.state === 'HELD') throw err
    return after
  }
  return stateOf(ctx, booking.bookingId)
}

/** The company's rows: whoever reads it sold it a moment ago, or is told that there is none. */
async function stateOf(ctx: Ctx, bookingId: string): Promise<Booking> {
  const booking = await ctx.db.transaction((tx) => readBooking(tx, bookingId))
  if (!booking) throw refuse('BOOKING_UNKNOWN', 'no such booking')
  return booking
}

/** Everybody of the booking is at the door; a ticket that has boarded since, or missed the bus, stays as it is. */
async function boardAll(tx: Tx, ctx: Ctx, booking: Booking, { deviceId }: SellAtDoorRequest): Promise<void> {
  const { bookingId: scanId, tripId, fromSequence: stopSequence } = booking
  const now = ctx.clock.now()
  for (const { ticket } of booking.passengers) {
    if (ticket?.state !== 'ISSUED') continue
    await boardIfIssued(tx, ctx, { ticketId: ticket.ticketId, tripId, stopSequence, scanId, deviceId, now })
  }
}
