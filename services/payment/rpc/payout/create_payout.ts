import { type Handler, isConstraint, type Money, sessionOf } from '#kit'
import type { CreatePayoutRequest, PayoutService } from '#gen/tms/payment/v1/payout_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { payoutToProto } from '../../convert_payout.ts'
import { refuse } from '../../errors.ts'
import { exceedsDue, promisePayout } from '../../flow/payout/promise.ts'
import { amountOf } from '../amount.ts'
import { accountOf, currencyOf, payeeIn } from './common.ts'

/** Asks for a payout: the maker's part. */
export const createPayout =
  (ctx: Ctx): Handler<typeof PayoutService.method.createPayout> =>
  async (req, call) => {
    const session = sessionOf(call)
    const { amount, currency } = sizeOf(req)
    const { payoutId, remark } = req
    try {
      return await ctx.db.once(call, req, async (tx) => {
        const view = await payeeIn(tx, req.payeeId)
        const account = accountOf(view, ctx.clock.now())
        const wish = { payoutId, payee: view.payee, account, currency, amount, remark, makerUserId: session.userId }
        const { payout, items } = await promisePayout(ctx, tx, wish)
        return { payout: payoutToProto(payout, session, items) }
      })
    } catch (err) {
      if (isConstraint(err, 'payout_within_due')) throw exceedsDue(req)
      if (!isConstraint(err, 'payout_pkey')) throw err
      throw refuse('ID_TAKEN', 'this payout_id is in use', { payout_id: payoutId })
    }
  }

function sizeOf({ size }: CreatePayoutRequest): { readonly amount: Money | undefined; readonly currency: string } {
  if (size.case === 'everythingIn') return { amount: undefined, currency: currencyOf(size.value, 'everything_in') }
  const amount = amountOf(size.value)
  return { amount, currency: amount.currency }
}
