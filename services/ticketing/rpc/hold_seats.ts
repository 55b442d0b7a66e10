import { create } from '@bufbuild/protobuf'
import { type Handler, type Lease, sessionOf, type Tx } from '#kit'
import { HoldSeatsResponseSchema, type TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import type { Ctx } from '../context.ts'
import { holdEnd, legsOf, type RideForSale } from '../domain/ride.ts'
import { drawingCodes } from '../steps/booking_codes.ts'
import { asPainted, findRide } from '../steps/find_ride.ts'
import { seatTaken } from '../steps/hold.ts'
import { planHold } from '../steps/plan_hold.ts'
import { requestPayment } from '../steps/request_payment.ts'
import { writeHold } from '../steps/write_hold.ts'
import { readBooking } from '../store/bookings.ts'
import { lockSeats } from '../store/seat_locks.ts'
import { bookingToProto } from '../wire/booking.ts'

/** Holds seats while the passenger pays: Redis says a fast "no", PostgreSQL decides, then the payment is asked for. */
export const holdSeats =
  (ctx: Ctx): Handler<typeof TicketingService.method.holdSeats> =>
  async (req, call) => {
    const session = sessionOf(call)
    const labels = req.passengers.map((one) => asPainted(one.seatLabel))
    const ride = await findRide(ctx, req, labels)
    const lease = await takeLocks(ctx, ride, req.bookingId, labels)
    let held = false
    const work = async (tx: Tx) => {
      const booking = await writeHold(tx, ctx, planHold(ctx, ride, req, session), ride)
      held = true
      return create(HoldSeatsResponseSchema, {
        booking: bookingToProto(booking, ride, booking.createTime, 'PASSENGER'),
      })
    }
    // Rows of the trip's company, known from our own copy: a passenger acts for none.
    const once = () => ctx.db.once(call, req, work, { tenantId: ride.trip.tenantId })
    const answer = await drawingCodes(req.bookingId, once).catch(async (err: unknown) => {
      await lease?.release()
      throw err
    })
    // A repeat of an earlier hold needs no new lock.
    if (!held) await lease?.release()
    if (answer.booking) await requestPayment(ctx, answer.booking, session.userId)
    return answer
  }

/**
 * The lock that counts the hold down; undefined when Redis is away, or an earlier attempt of this booking has it.
 *
 * @throws {ConnectError} SEAT_TAKEN when somebody else has a seat
 */
async function takeLocks(
  ctx: Ctx,
  ride: RideForSale,
  bookingId: string,
  seatLabels: readonly string[],
): Promise<Lease | undefined> {
  const now = ctx.clock.now()
  const ttlMs = Math.max(1_000, holdEnd(ride, now, ctx.settings.holdSeconds).getTime() - now.getTime())
  const wanted = { bookingId, tripId: ride.trip.tripId, seatLabels, legs: legsOf(ride) }
  const answer = await lockSeats(ctx, wanted, ttlMs)
  if (typeof answer === 'string') return undefined
  if (!('takenSeat' in answer)) return answer.lease
  // A repeat of a hold that succeeded has its answer, whoever took the lock since Redis was emptied. All rows: whose
  // booking it is, the transaction will tell.
  if (await readBooking(ctx.db.system, bookingId)) return undefined
  throw seatTaken(answer.takenSeat)
}
