import { on } from '#kit'
import { PaymentSucceededSchema } from '#gen/tms/payment/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import { judgePayment } from '../steps/judge_payment.ts'
import { settlePayment } from '../steps/settle_payment.ts'

/** Payment turns a hold into tickets; one that comes too late is re-seated or goes back. Luggage is noted as paid. */
export const confirmOnPayment = on(
  PaymentSucceededSchema,
  {
    prepare: (ctx: Ctx, event) => judgePayment(ctx, event),
    apply: (ctx: Ctx, tx, _event, settlement) => settlePayment(tx, ctx, settlement),
  },
  { name: 'confirm-on-payment' },
)
