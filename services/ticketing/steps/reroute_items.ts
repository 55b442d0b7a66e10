import type { Session, Tx } from '#kit'
import type { Ctx } from '../context.ts'
import type { Booking } from '../domain/booking.ts'
import { isForward } from '../domain/legs.ts'
import { judgeReroute, type Way } from '../domain/luggage.ts'
import { refuse } from '../errors.ts'
import { readBooking } from '../store/bookings.ts'
import { lastLeft } from '../store/departures.ts'
import { addEvent, findItem, followBooking, type LuggageItem, lockItem, sendBy } from '../store/luggage.ts'
import { readSheet } from '../store/manifest.ts'
import { assertCrew } from './crew.ts'
import { luggageUnknown, stateWrong } from './move_item.ts'

/** Who sends pieces another way, and what is written down with it. */
export type Rerouting = { readonly way: Way | undefined; readonly deviceId: string; readonly note: string }

/**
 * Sends pieces another way; each with its passenger when none is named.
 *
 * @throws {ConnectError} LUGGAGE_UNKNOWN, NOT_YOUR_TRIP, LUGGAGE_STATE_WRONG, LUGGAGE_PASSENGER_STAYS, TRIP_UNKNOWN,
 *   LEGS_INVALID, TRIP_OVER
 */
export async function rerouteItems(
  tx: Tx,
  ctx: Ctx,
  session: Session,
  itemIds: readonly string[],
  rerouting: Rerouting,
): Promise<LuggageItem[]> {
  // In one order, so that two who send the same pieces do not wait for each other for ever.
  for (const itemId of itemIds.toSorted()) {
    const item = await lockItem(tx, itemId)
    if (!item) throw luggageUnknown(itemId)
    await assertCrew(tx, session, item.tripId)
    await reroute(tx, ctx, session, item, rerouting)
  }
  const sent = await Promise.all(itemIds.map((itemId) => findItem(tx, { itemId })))
  return sent.flatMap((item) => item ?? [])
}

async function reroute(tx: Tx, ctx: Ctx, session: Session, item: LuggageItem, { way, deviceId, note }: Rerouting) {
  const { itemId, tenantId } = item
  const rides = item.bookingId === undefined ? undefined : await ridesNow(tx, item.bookingId)
  const to = way ?? wayOf(rides)
  if (!to || (!way && rides?.bookingId === item.bookingId)) {
    throw refuse('LUGGAGE_PASSENGER_STAYS', 'nobody rides elsewhere with this piece: say where it goes', {
      item_id: itemId,
    })
  }
  const verdict = judgeReroute(item, to)
  if (verdict === 'FAULT') throw stateWrong(item)
  if (verdict === 'SAME') return
  await assertCarries(tx, to)
  await sendBy(tx, itemId, to, rides?.tripId === to.tripId ? rides.bookingId : undefined)
  await addEvent(tx, {
    eventId: ctx.newId(),
    ...{ tenantId, itemId, move: 'REROUTE', stopSequence: to.fromSequence, userId: session.userId },
    ...{ deviceId, note, createTime: ctx.clock.now(), tripId: to.tripId },
  })
  tx.afterCommit(() => ctx.happened('luggage_rerouted', { item_id: itemId, trip_id: to.tripId }))
}

/** The paid booking that a passenger rides by now: the one given, or what took its place. Undefined when there is none. */
async function ridesNow(tx: Tx, bookingId: string): Promise<Booking | undefined> {
  let booking = await readBooking(tx, bookingId)
  while (booking?.replacedById !== undefined) booking = await readBooking(tx, booking.replacedById)
  return booking?.state === 'CONFIRMED' ? booking : undefined
}

const wayOf = (booking: Booking | undefined): Way | undefined =>
  booking && { tripId: booking.tripId, fromSequence: booking.fromSequence, toSequence: booking.toSequence }

async function assertCarries(tx: Tx, { tripId, fromSequence, toSequence }: Way): Promise<void> {
  const sheet = await readSheet(tx, tripId)
  if (!sheet) throw refuse('TRIP_UNKNOWN', 'no such trip', { trip_id: tripId })
  const { state, calls } = sheet
  if (!isForward({ from: fromSequence, to: toSequence }) || toSequence >= calls.length) {
    const legs = { from_sequence: String(fromSequence), to_sequence: String(toSequence) }
    throw refuse('LEGS_INVALID', 'this trip carries nothing from the one stop to the other', legs)
  }
  const over = state === 'CANCELLED' || state === 'ARRIVED'
  if (over || (await lastLeft(tx, tripId)) >= fromSequence) {
    throw refuse('TRIP_OVER', 'the bus has left that stop', { state })
  }
}

/** What was taken in and not loaded goes with the booking that takes another's place; both are of one passenger each. */
export async function bringLuggage(
  tx: Tx,
  ctx: Ctx,
  old: Pick<Booking, 'bookingId' | 'tenantId'>,
  to: Way & { readonly bookingId: string; readonly userId: string },
): Promise<void> {
  for (const itemId of await followBooking(tx, old.bookingId, to.bookingId, to)) {
    await addEvent(tx, {
      eventId: ctx.newId(),
      ...{ tenantId: old.tenantId, itemId, move: 'REROUTE', stopSequence: to.fromSequence, userId: to.userId },
      ...{ deviceId: '', note: '', createTime: ctx.clock.now(), tripId: to.tripId },
    })
  }
}
