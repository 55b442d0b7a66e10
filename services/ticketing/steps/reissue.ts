import { type Session, type Tx, zero } from '#kit'
import type { Ctx } from '../context.ts'
import type { Booking } from '../domain/booking.ts'
import { type ChangeKind, type Holder, noteChange, reissue } from '../store/changes.ts'
import type { SignedSeat } from '../store/sales.ts'
import { giveUpPending } from './pending_changes.ts'
import { assertOneEach } from './plan_change.ts'
import { type Changeable, lockUnmoved, reachChangeable } from './reach_change.ts'
import { signTickets } from './sign_tickets.ts'
import { tellVoided } from './tell_voided.ts'

/** A booking that gets other names, perhaps another holder; its tickets are signed. */
export type Reissue = Changeable & {
  /** As it will be. */
  readonly booking: Booking
  readonly tickets: readonly SignedSeat[]
}

/**
 * Has the tickets of a paid booking signed anew in the names given.
 *
 * @param holder who has it from now on; the same as before when left out
 * @throws {ConnectError} BOOKING_UNKNOWN, NOT_CHANGEABLE, CHANGE_TOO_LATE, SEAT_COUNT_WRONG
 */
export async function prepareReissue(
  ctx: Ctx,
  session: Session,
  request: { readonly bookingId: string; readonly names: readonly string[] },
  holder?: (old: Booking) => Holder,
): Promise<Reissue> {
  const changeable = await reachChangeable(ctx, session, request.bookingId, 'PAID')
  const { old, oldRide } = changeable
  assertOneEach(old, request.names)
  const passengers = old.passengers.map((one, i) => ({ ...one, name: request.names[i]!.replace(/^ +| +$/g, '') }))
  const booking = { ...old, ...holder?.(old), passengers }
  return { ...changeable, booking, tickets: await signTickets(ctx, booking, oldRide) }
}

/**
 * Issues a booking's tickets anew: the old ones are void, and what was done is written down.
 *
 * @throws {ConnectError} BOOKING_MOVED, CHANGE_TOO_LATE
 */
export async function writeReissue(tx: Tx, ctx: Ctx, one: Reissue, kind: ChangeKind): Promise<void> {
  const { old, booking, tickets, now, byStaff, actorUserId } = one
  await lockUnmoved(tx, one)
  await giveUpPending(tx, ctx, old)
  const names = booking.passengers.map(({ name }) => name)
  await reissue(tx, old.bookingId, { names, holder: booking, tickets }, now)
  await tellVoided(tx, old, 'replaced')
  const none = zero(old.total.currency)
  await noteChange(tx, booking, {
    ...{ changeId: ctx.newId(), kind, time: now, otherBookingId: undefined },
    ...{ fee: none, due: none, refund: none, byStaff, actorUserId },
  })
}
