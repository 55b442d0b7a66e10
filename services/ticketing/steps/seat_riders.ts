import type { Queries, Tx } from '#kit'
import { BusChangedSchema, TicketVoidedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import { ticketNumber } from '../domain/booking_code.ts'
import { isMoved, planSwap, type Seated, type SwapPlan, withSeats } from '../domain/swap.ts'
import type { Seat } from '../domain/ride.ts'
import type { SignedSeat } from '../store/sales.ts'
import { unlockSeats, wantedBy } from '../store/seat_locks.ts'
import { moveClaims, type SeatGiven } from '../store/swaps.ts'
import type { TripSnapshot } from '../store/trip_copy.ts'
import { classToProto } from '../wire/classes.ts'
import { noticeOf } from '../wire/notice.ts'
import { endPaidBooking } from './cancel.ts'
import { takeLentBack } from './pos/end_leases.ts'
import { endRide, ridersOn } from './riders.ts'
import { signTickets } from './sign_tickets.ts'

/** Tickets signed for passengers who are to be moved, by booking, position, seat and name. */
export type Moves = ReadonlyMap<string, SignedSeat>

/** How a paid booking ends that finds no seat, also on the road. */
const unseated = { cause: 'COMPANY', reason: 'no seat in the bus that runs instead', evenOnBoard: true } as const

/** What becomes of everybody on a trip whose seats are to be `seats`, as far as bookings are known at this moment. */
export async function planRiders(db: Queries, tripId: string, seats: readonly Seat[], now: Date): Promise<SwapPlan> {
  return planSwap(await ridersOn(db, tripId, 'look'), seats, now)
}

/** Has tickets signed for everybody who is to be moved when a snapshot is taken over. Writes nothing. */
export async function signMoves(ctx: Ctx, { tripId, seats }: TripSnapshot): Promise<Moves> {
  // All rows: the bookings of one trip belong to its one company.
  const plan = await planRiders(ctx.db.system, tripId, seats, ctx.clock.now())
  const signed = new Map<string, SignedSeat>()
  for (const seated of plan.seated.filter(isTicketed)) {
    const booking = withSeats(seated)
    const tickets = await signTickets(ctx, booking, seated.ride)
    for (const [i, ticket] of tickets.entries()) signed.set(keyOf(seated, i), ticket)
  }
  return signed
}

/** Moves everybody to the seats of a snapshot that was just taken over, pays back who finds none, and tells them all. */
export async function seatRiders(
  tx: Tx,
  ctx: Ctx,
  { tripId, seats, busPlate }: TripSnapshot,
  oldPlate: string,
  moves: Moves,
): Promise<SwapPlan> {
  const now = ctx.clock.now()
  const plan = planSwap(await ridersOn(tx, tripId, 'lock'), seats, now)
  for (const rider of plan.unseated) {
    await endRide(tx, ctx, rider, ({ booking, ride }) =>
      endPaidBooking(tx, ctx, booking, ride, { ...unseated, now, refund: booking.total }),
    )
  }
  const moving = plan.seated.filter((one) => one.moves)
  const given = moving.flatMap((one) => seatsGiven(ctx, one, moves))
  await takeLentBack(
    tx,
    ctx,
    tripId,
    given.map(({ seatLabel }) => seatLabel),
  )
  if (moving.length > 0) {
    const arrived = plan.arrived.map(({ booking }) => booking.bookingId)
    await moveClaims(tx, given, arrived, now)
  }
  for (const one of plan.seated) {
    const changed = one.seats.some(isMoved) || (oldPlate !== '' && oldPlate !== busPlate)
    if (changed && one.booking.state === 'CONFIRMED') await tellChange(tx, one, oldPlate, busPlate, moves)
  }
  // The locks of seats that were held until now would keep others from them.
  tx.afterCommit(async () => {
    for (const { booking } of moving) await unlockSeats(ctx, wantedBy(booking))
  })
  return plan
}

/** Only who has a ticket gets another one. */
function isTicketed({ booking, seats }: Seated): boolean {
  return booking.state === 'CONFIRMED' && seats.some(isMoved)
}

function seatsGiven(ctx: Ctx, seated: Seated, moves: Moves): SeatGiven[] {
  return seated.seats.map((one, i) => ({
    bookingId: seated.booking.bookingId,
    position: one.passenger.position,
    claimId: ctx.newId(),
    seatLabel: one.seat.label,
    seatClass: one.seat.seatClass,
    ticket: seated.booking.state === 'CONFIRMED' && isMoved(one) ? signedFor(seated, i, moves) : undefined,
  }))
}

/** The bookings of a trip moved on while tickets were signed for them: sign again. */
export class BookingsMoved extends Error {}

/** @throws {BookingsMoved} when a booking was made or paid since the tickets were signed */
function signedFor(seated: Seated, i: number, moves: Moves): SignedSeat {
  const signed = moves.get(keyOf(seated, i))
  if (signed) return signed
  throw new BookingsMoved('the bookings moved on while their new tickets were signed')
}

function keyOf({ booking, seats }: Seated, i: number): string {
  const { passenger, seat } = seats[i]!
  return `${booking.bookingId}/${passenger.position}/${seat.label}/${passenger.name}`
}

async function tellChange(tx: Tx, seated: Seated, oldPlate: string, newPlate: string, moves: Moves): Promise<void> {
  const { booking, ride, seats } = seated
  const { tenantId, bookingId, bookingCode, tripId } = booking
  const moved = seats.flatMap((one, i) => (isMoved(one) ? [{ ...one, ticket: signedFor(seated, i, moves) }] : []))
  await tx.publish(BusChangedSchema, bookingId, {
    ...{ tenantId, bookingId, bookingCode, tripId },
    notice: noticeOf(booking, ride),
    oldBusPlate: oldPlate,
    newBusPlate: newPlate,
    changes: seats.map(({ passenger, seat }) => ({
      passengerName: passenger.name,
      oldSeatLabel: passenger.seatLabel,
      newSeatLabel: seat.label,
    })),
    tickets: moved.map(({ passenger, seat, ticket }) => ({
      ticketId: ticket.ticketId,
      ticketNumber: ticketNumber(bookingCode, passenger.position),
      passengerName: passenger.name,
      seatLabel: seat.label,
      seatClass: classToProto(seat.seatClass),
      code: ticket.code,
    })),
  })
  await tx.publishAll(
    TicketVoidedSchema,
    moved.flatMap(({ passenger: { ticket } }) =>
      ticket
        ? [{ key: ticket.ticketId, message: { tenantId, ticketId: ticket.ticketId, tripId, reason: 'replaced' } }]
        : [],
    ),
  )
}
