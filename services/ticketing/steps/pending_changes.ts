import type { Tx } from '#kit'
import type { Ctx } from '../context.ts'
import type { Booking } from '../domain/booking.ts'
import { pendingChanges } from '../store/changes.ts'
import { readBookings } from '../store/bookings.ts'
import { giveUpHold } from './give_up_hold.ts'

/**
 * Gives up changes of a booking that wait for their payment, because it was changed otherwise. Money that comes for them all
 * the same goes back, as for any hold that was given up.
 *
 * @param except the change that is being made
 */
export async function giveUpPending(tx: Tx, ctx: Ctx, old: Booking, except?: string): Promise<void> {
  const pending = (await pendingChanges(tx, old.bookingId)).filter((bookingId) => bookingId !== except)
  if (pending.length === 0) return
  for (const change of await readBookings(tx, pending)) await giveUpHold(tx, change, ctx.clock.now())
}
