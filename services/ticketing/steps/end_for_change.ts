import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { isPositive, moneyToProto, type Tx } from '#kit'
import { BookingChangedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import { type Booking, fundsOf } from '../domain/booking.ts'
import type { ChangeTerms } from '../domain/change_rule.ts'
import { takeFrom } from '../domain/funds.ts'
import type { Legs } from '../domain/legs.ts'
import { endReplaced, noteChange } from '../store/changes.ts'
import { unlockSeats, wantedBy } from '../store/seat_locks.ts'
import { giveBack } from './give_back.ts'
import { giveUpPending } from './pending_changes.ts'
import { bringLuggage } from './reroute_items.ts'
import type { Changed } from './tell_sale.ts'
import { tellVoided } from './tell_voided.ts'

/** A booking, and the one that takes its place. */
export type Exchange = {
  readonly old: Booking
  readonly booking: Pick<Booking, 'bookingId' | 'tripId' | 'tenantId' | 'userId'>
  /** What the new booking rides. */
  readonly legs: Legs
  readonly terms: ChangeTerms
  readonly now: Date
  readonly byStaff: boolean
  /** Undefined when a payment did it. */
  readonly actorUserId: string | undefined
}

/**
 * Ends a booking whose place another one takes: seats free, tickets void, luggage on its way with the other, what is too much
 * owed, all of it written down.
 * The booking must be locked, and seen to be replaceable.
 *
 * @throws {Error} when it is neither paid nor open
 */
export async function endForChange(tx: Tx, ctx: Ctx, exchange: Exchange): Promise<Changed> {
  const { old, booking, terms, now } = exchange
  await giveUpPending(tx, ctx, old, booking.bookingId)
  if (!(await endReplaced(tx, old.bookingId, booking.bookingId, now))) {
    throw new Error('a booking was ended between its locking and its change')
  }
  for (const fund of takeFrom(fundsOf(old), terms.refund).taken) {
    await giveBack(tx, ctx, old, { ...fund, reason: 'changed' })
  }
  await tellVoided(tx, old, 'replaced')
  await bringLuggage(tx, ctx, old, { ...booking, fromSequence: exchange.legs.from, toSequence: exchange.legs.to })
  await tellExchange(tx, exchange)
  await noteExchange(tx, ctx, exchange)
  // The locks of seats that were held a moment ago would keep others from them.
  tx.afterCommit(() => unlockSeats(ctx, wantedBy(old)))
  tx.afterCommit(() =>
    ctx.happened('booking_changed', { booking_id: old.bookingId, new_booking_id: booking.bookingId }),
  )
  return { bookingCode: old.bookingCode, refund: isPositive(terms.refund) ? terms.refund : undefined }
}

async function tellExchange(tx: Tx, { old, booking, terms, now }: Exchange): Promise<void> {
  await tx.publish(BookingChangedSchema, old.bookingId, {
    tenantId: old.tenantId,
    oldBookingId: old.bookingId,
    oldTripId: old.tripId,
    newBookingId: booking.bookingId,
    newTripId: booking.tripId,
    credit: moneyToProto(terms.credit),
    newTotal: moneyToProto(terms.newTotal),
    fee: moneyToProto(terms.fee),
    amountDue: moneyToProto(terms.due),
    refund: moneyToProto(terms.refund),
    changeTime: timestampFromDate(now),
  })
}

async function noteExchange(tx: Tx, ctx: Ctx, { old, booking, terms, now, byStaff, actorUserId }: Exchange) {
  const done = { time: now, fee: terms.fee, due: terms.due, refund: terms.refund, byStaff, actorUserId }
  const [replaced, replaces] = [
    { kind: 'REPLACED' as const, one: old },
    { kind: 'REPLACES' as const, one: booking },
  ]
  for (const [{ kind, one }, other] of [
    [replaced, booking],
    [replaces, old],
  ] as const) {
    await noteChange(tx, one, { ...done, kind, changeId: ctx.newId(), otherBookingId: other.bookingId })
  }
}
