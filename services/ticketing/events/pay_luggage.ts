import { on } from '#kit'
import { PaymentSucceededSchema } from '#gen/tms/payment/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import { markPaid } from '../store/luggage.ts'

/** The fee of luggage or a parcel was paid, by whatever means; payments of other orders are not ours to note. */
export const payLuggage = on(
  PaymentSucceededSchema,
  async (ctx: Ctx, tx, { paymentIntentId }) => {
    await markPaid(tx, paymentIntentId, ctx.clock.now())
  },
  { name: 'pay-luggage' },
)
