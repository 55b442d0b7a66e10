import { moneyToProto, type Tx } from '#kit'
import {
  PaymentMismatchFoundSchema,
  SeatsLost_Resolution as Resolution,
  SeatsLostSchema,
} from '#gen/tms/ticketing/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import { amountDue, type Booking, mayBeReplaced } from '../domain/booking.ts'
import { termsOf } from '../domain/change_rule.ts'
import { legsOf } from '../domain/ride.ts'
import { readBooking } from '../store/bookings.ts'
import { lockBooking } from '../store/endings.ts'
import { markPaid } from '../store/luggage.ts'
import { sellHeld, sellLate } from '../store/sales.ts'
import { noticeOf } from '../wire/notice.ts'
import { endForChange } from './end_for_change.ts'
import { giveBack } from './give_back.ts'
import type { Settlement } from './judge_payment.ts'
import { type Changed, tellSale } from './tell_sale.ts'

type Of<Kind extends Settlement['kind']> = Extract<Settlement, { kind: Kind }>

/**
 * Writes what was decided about a payment, in the transaction given.
 *
 * @throws {Error} when the seats moved on since it was decided: the event comes again, and is looked at anew
 */
export async function settlePayment(tx: Tx, ctx: Ctx, settlement: Settlement): Promise<void> {
  switch (settlement.kind) {
    case 'CONFIRM':
      return confirm(tx, ctx, settlement)
    case 'RESEAT':
      return moveAndConfirm(tx, ctx, settlement)
    case 'REFUND':
      return refundLost(tx, ctx, settlement)
    case 'MISMATCH':
      return refundMismatch(tx, ctx, settlement)
    case 'NO_BOOKING':
      // Asked here rather than by a consumer of its own, which would cost every booking a transaction that finds nothing.
      return markPaid(tx, settlement.paymentIntentId, ctx.clock.now())
    case 'IGNORE':
      return
  }
}

async function confirm(tx: Tx, ctx: Ctx, { booking, ride, tickets }: Of<'CONFIRM'>): Promise<void> {
  const now = ctx.clock.now()
  const changed = await takePlace(tx, ctx, booking, now)
  if (!(await sellHeld(tx, booking, tickets, now))) throw movedOn()
  await tellSale(tx, ctx, { booking, ride, tickets, now, reseated: false, changed })
}

async function moveAndConfirm(tx: Tx, ctx: Ctx, settlement: Of<'RESEAT'>): Promise<void> {
  const { booking, reseated, ride, seats, tickets } = settlement
  const { bookingId, tripId } = booking
  const now = ctx.clock.now()
  const changed = await takePlace(tx, ctx, booking, now)
  if (!(await sellLate(tx, { bookingId, tripId, legs: legsOf(ride), seats, tickets, now }))) throw movedOn()
  const changes = seatChanges(booking, reseated)
  const moved = changes.some((change) => change.oldSeatLabel !== change.newSeatLabel)
  if (moved) await tellLost(tx, settlement, { resolution: Resolution.RESEATED, changes })
  await tellSale(tx, ctx, { booking: reseated, ride, tickets, now, reseated: moved, changed })
}

async function refundLost(tx: Tx, ctx: Ctx, settlement: Of<'REFUND' | 'MISMATCH'>): Promise<void> {
  if (!(await returnPayment(tx, ctx, settlement, 'paid after the seats were gone'))) return
  const refund = moneyToProto(settlement.amount)
  await tellLost(tx, settlement, { resolution: Resolution.REFUNDED, refund })
}

async function refundMismatch(tx: Tx, ctx: Ctx, settlement: Of<'REFUND' | 'MISMATCH'>): Promise<void> {
  if (!(await returnPayment(tx, ctx, settlement, 'not the amount asked for'))) return
  const { booking, amount, paymentIntentId } = settlement
  await tx.publish(PaymentMismatchFoundSchema, booking.bookingId, {
    tenantId: booking.tenantId,
    bookingId: booking.bookingId,
    paymentIntentId,
    expected: moneyToProto(amountDue(booking)),
    paid: moneyToProto(amount),
  })
}

/** False when the money goes back already. */
async function returnPayment(
  tx: Tx,
  ctx: Ctx,
  settlement: Of<'REFUND' | 'MISMATCH'>,
  reason: string,
): Promise<boolean> {
  const { booking } = settlement
  const owed = await giveBack(tx, ctx, booking, { ...settlement, reason })
  if (owed) tx.afterCommit(() => ctx.happened('payment_returned', { booking_id: booking.bookingId, reason }))
  return owed
}

async function tellLost(
  tx: Tx,
  { booking, ride }: Of<'RESEAT' | 'REFUND' | 'MISMATCH'>,
  outcome: {
    resolution: Resolution
    changes?: ReturnType<typeof seatChanges>
    refund?: ReturnType<typeof moneyToProto>
  },
): Promise<void> {
  await tx.publish(SeatsLostSchema, booking.bookingId, {
    tenantId: booking.tenantId,
    bookingId: booking.bookingId,
    bookingCode: booking.bookingCode,
    tripId: booking.tripId,
    notice: noticeOf(booking, ride),
    ...outcome,
  })
}

function seatChanges(before: Booking, after: Booking) {
  return before.passengers.map(({ name, seatLabel }, i) => ({
    passengerName: name,
    oldSeatLabel: seatLabel,
    newSeatLabel: after.passengers[i]?.seatLabel ?? '',
  }))
}

/** Ends the booking whose place a paid one takes; undefined when there is none. @throws as {@link settlePayment} */
async function takePlace(tx: Tx, ctx: Ctx, booking: Booking, now: Date): Promise<Changed | undefined> {
  const { replaces } = booking
  if (!replaces) return undefined
  await lockBooking(tx, replaces.bookingId)
  const old = await readBooking(tx, replaces.bookingId)
  if (!old || !mayBeReplaced(old, booking)) throw movedOn()
  const terms = { ...replaces, ...termsOf(replaces.credit, booking.total, replaces.fee) }
  return endForChange(tx, ctx, {
    old,
    booking,
    legs: { from: booking.fromSequence, to: booking.toSequence },
    terms,
    now,
    byStaff: false,
    actorUserId: undefined,
  })
}

function movedOn() {
  return new Error('the seats moved on while their payment was looked at')
}
