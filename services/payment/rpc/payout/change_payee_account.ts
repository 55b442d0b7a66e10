import { type Handler, isConstraint, sessionOf } from '#kit'
import type { PayoutService } from '#gen/tms/payment/v1/payout_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { payeeToProto } from '../../convert_payout.ts'
import { refuse } from '../../errors.ts'
import { insertPayeeAccount } from '../../store/payees.ts'
import { payeeIn, verifyAccount } from './common.ts'
import { proposedAccount } from './proposed_account.ts'

/** Puts another account of a payee forward. */
export const changePayeeAccount =
  (ctx: Ctx): Handler<typeof PayoutService.method.changePayeeAccount> =>
  async (req, call) => {
    const session = sessionOf(call)
    const verified = await verifyAccount(ctx, req.method, req.account)
    try {
      return await ctx.db.once(call, req, async (tx) => {
        const { payee, accounts } = await payeeIn(tx, req.payeeId)
        const account = proposedAccount(ctx, payee, req.accountId, verified, session)
        await insertPayeeAccount(tx, account)
        return { payee: payeeToProto({ payee, accounts: [account, ...accounts] }, session, ctx.clock.now()) }
      })
    } catch (err) {
      if (isConstraint(err, 'payee_account_one_proposed')) {
        throw refuse('ACCOUNT_CHANGE_PENDING', 'an earlier change is still to be decided', { payee_id: req.payeeId })
      }
      if (!isConstraint(err, 'payee_account_pkey')) throw err
      throw refuse('ID_TAKEN', 'this account_id is in use', { account_id: req.accountId })
    }
  }
