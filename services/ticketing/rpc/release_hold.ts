import { type Handler, sessionOf, type Tx } from '#kit'
import type { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import { refuse } from '../errors.ts'
import type { Ctx } from '../context.ts'
import type { Booking } from '../domain/booking.ts'
import { stateAt } from '../domain/booking_state.ts'
import { giveUpHold } from '../steps/give_up_hold.ts'
import { reachBooking } from '../steps/reach_booking.ts'
import { choiceKeptBy } from '../store/choices.ts'
import { rideOf } from '../store/rides.ts'
import { unlockSeats, wantedBy } from '../store/seat_locks.ts'
import { bookingToProto } from '../wire/booking.ts'

/** Gives a hold back before it is paid. A payment that is under way all the same is refunded when it arrives. */
export const releaseHold =
  (ctx: Ctx): Handler<typeof TicketingService.method.releaseHold> =>
  async (req, call) => {
    const { booking, reader } = await reachBooking(ctx, sessionOf(call), req.bookingId, 'ticketing.sales.cancel')
    // All rows: the timetable is public.
    const ride = await rideOf(ctx.db.system, booking)
    const work = async (tx: Tx) => {
      await giveBack(tx, ctx, booking)
      return { booking: bookingToProto({ ...booking, state: 'RELEASED' }, ride, ctx.clock.now(), reader) }
    }
    const answer = await ctx.db.once(call, req, work, { tenantId: booking.tenantId })
    await unlockSeats(ctx, wantedBy(booking))
    await giveUpPayment(ctx, booking)
    return answer
  }

async function giveBack(tx: Tx, ctx: Ctx, booking: Booking): Promise<void> {
  const { bookingId } = booking
  const now = ctx.clock.now()
  const state = stateAt(booking, now)
  // What is kept for the passenger of a cancelled trip is paid already: the passenger chooses, nobody gives it back.
  const chosenElsewhere = (await choiceKeptBy(tx, bookingId)) !== undefined
  if (state !== 'HELD' || chosenElsewhere || !(await giveUpHold(tx, booking, now))) {
    throw refuse('NOT_HELD', 'this booking is not held any more', { state })
  }
  tx.afterCommit(() => ctx.happened('hold_released', { booking_id: bookingId }))
}

/**
 * Tells payment that nobody is to pay any more. Should it not hear of that, or the process die before, the money of a
 * prompt that is still approved comes back as that of any booking that is not held.
 */
async function giveUpPayment(ctx: Ctx, { bookingId, paymentIntentId }: Booking): Promise<void> {
  await ctx.peers.payment.cancelPaymentIntent({ paymentIntentId }).catch((err: unknown) => {
    ctx.log.warn({ err, booking_id: bookingId }, 'the payment of a released hold stays open until its time is over')
  })
}
