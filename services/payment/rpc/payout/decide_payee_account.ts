import { type Handler, isConstraint, sessionOf } from '#kit'
import type { PayoutService } from '#gen/tms/payment/v1/payout_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { payeeToProto } from '../../convert_payout.ts'
import { secondsAfter } from '../../domain/schedule.ts'
import { refuse } from '../../errors.ts'
import { decideAccount, findPayeeAccount, type PayeeView } from '../../store/payees.ts'
import { payeeIn } from './common.ts'

/** Approves an account or refuses it: a second person's part. */
export const decidePayeeAccount =
  (ctx: Ctx): Handler<typeof PayoutService.method.decidePayeeAccount> =>
  async (req, call) => {
    const session = sessionOf(call)
    const { accountId } = req
    try {
      return await ctx.db.once(call, req, async (tx) => {
        const account = await findPayeeAccount(tx, accountId)
        if (!account) throw refuse('PAYEE_UNKNOWN', 'there is no such account', { account_id: accountId })
        const usableTime = req.approve ? usableFrom(ctx, await payeeIn(tx, account.payeeId)) : null
        const state = req.approve ? 'APPROVED' : 'REJECTED'
        const decided = await decideAccount(tx, accountId, { state, usableTime, checkerUserId: session.userId })
        if (!decided)
          throw refuse('ALREADY_DECIDED', 'this account was decided about before', { account_id: accountId })
        tx.afterCommit(() => ctx.happened('payee-account-decided', { accountId, state }))
        return { payee: payeeToProto(await payeeIn(tx, account.payeeId), session, ctx.clock.now()) }
      })
    } catch (err) {
      if (!isConstraint(err, 'payee_account_two_people')) throw err
      throw refuse('SAME_PERSON', 'whoever put the account forward cannot decide about it', { account_id: accountId })
    }
  }

/** The first account of a payee has no owner who could object; a changed one cools down. */
function usableFrom(ctx: Ctx, { accounts }: PayeeView): Date {
  const changed = accounts.some(({ state }) => state === 'APPROVED')
  return secondsAfter(ctx.clock.now(), changed ? ctx.settings.payeeCoolingSeconds : 0)
}
