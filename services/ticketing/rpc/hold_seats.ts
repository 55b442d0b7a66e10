import { create } from '@bufbuild/protobuf'
import { type Handler, isZero, type Lease, type Session, sessionOf, type Tx } from '#kit'
import {
  type HoldSeatsRequest,
  HoldSeatsResponseSchema,
  type TicketingService,
} from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import type { Ctx } from '../context.ts'
import type { Booking } from '../domain/booking.ts'
import { holdEnd, legsOf, type RideForSale } from '../domain/ride.ts'
import { drawingCodes } from '../steps/booking_codes.ts'
import { asPainted, findRide } from '../steps/find_ride.ts'
import { heldBooking, seatTaken } from '../steps/hold.ts'
import { kept } from '../steps/kept.ts'
import { planHold } from '../steps/plan_hold.ts'
import { requestPayment } from '../steps/request_payment.ts'
import { signTickets } from '../steps/sign_tickets.ts'
import { tellSale } from '../steps/tell_sale.ts'
import { writeHold } from '../steps/write_hold.ts'
import type { Hold } from '../store/claims.ts'
import { readBooking } from '../store/bookings.ts'
import { sellHeld, type SignedSeat } from '../store/sales.ts'
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
    const attempt = async () => {
      const prepared = await kept(prepare(ctx, ride, req, session))
      const work = async (tx: Tx) => {
        const plan = prepared()
        const booking = await holdOrSell(tx, ctx, plan, ride)
        held = true
        return create(HoldSeatsResponseSchema, {
          booking: bookingToProto(booking, ride, plan.now, 'PASSENGER'),
        })
      }
      // Rows of the trip's company, known from our own copy: a passenger acts for none.
      return ctx.db.once(call, req, work, { tenantId: ride.trip.tenantId })
    }
    const answer = await drawingCodes(req.bookingId, attempt).catch(async (err: unknown) => {
      await lease?.release()
      throw err
    })
    // A repeat of an earlier hold needs no new lock.
    if (!held) await lease?.release()
    const { userId } = session
    if (answer.booking) await requestPayment(ctx, answer.booking, { payerUserId: userId, callerUserId: userId })
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

/** A hold that is ready to be written; with tickets when nothing is to be paid for it. */
type Prepared = Hold & { readonly tickets: readonly SignedSeat[] | undefined }

async function prepare(ctx: Ctx, ride: RideForSale, req: HoldSeatsRequest, session: Session): Promise<Prepared> {
  const plan = await planHold(ctx, ride, req, session)
  const free = isZero(plan.total)
  return { ...plan, tickets: free ? await signTickets(ctx, heldBooking(plan, 0n), ride) : undefined }
}

/** Writes the hold; what costs nothing is sold at once. */
async function holdOrSell(tx: Tx, ctx: Ctx, { tickets, ...plan }: Prepared, ride: RideForSale): Promise<Booking> {
  const booking = await writeHold(tx, ctx, plan, ride)
  if (!tickets) return booking
  const sold = await sellHeld(tx, booking, tickets, plan.now)
  if (!sold) throw new Error('seats that were just claimed could not be sold')
  await tellSale(tx, ctx, { booking, ride, tickets, now: plan.now, reseated: false, changed: undefined })
  return (await readBooking(tx, plan.bookingId))!
}
