import { on } from '#kit'
import { HoldReleasedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import { announceIntent } from '../flow/changes.ts'
import { cancelOrder } from '../store/intents.ts'

/**
 * Seats were given back, by their passenger or because the trip does not run: nobody is to pay for them any more. Money of
 * a prompt that is approved all the same is booked as late, and its booking gives it back.
 */
export const giveUpOrder = on(
  HoldReleasedSchema,
  async (ctx: Ctx, tx, { bookingId }) => {
    for (const paymentIntentId of await cancelOrder(tx, bookingId, ctx.clock.now())) {
      tx.afterCommit(() => announceIntent(ctx, paymentIntentId))
    }
  },
  { name: 'give-up-order' },
)
