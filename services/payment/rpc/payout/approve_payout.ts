import { type Handler, isConstraint, sessionOf, type Tx } from '#kit'
import type { PayoutService } from '#gen/tms/payment/v1/payout_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { payoutToProto } from '../../convert_payout.ts'
import { nextBatchTime } from '../../domain/payout_time.ts'
import { refuse } from '../../errors.ts'
import { dispatchPayout } from '../../flow/payout/send.ts'
import type { PayoutRow } from '../../store/payout_schema.ts'
import { itemsOf, movePayout } from '../../store/payouts.ts'
import { accountOf, payeeIn, payoutIn } from './common.ts'

/** Approves a payout: the checker's part. It is sent after the commit, or with the next batch. */
export const approvePayout =
  (ctx: Ctx): Handler<typeof PayoutService.method.approvePayout> =>
  async (req, call) => {
    const session = sessionOf(call)
    try {
      return await ctx.db.once(call, req, async (tx) => {
        const payout = await payoutIn(tx, req.payoutId)
        await refuseChangedAccount(ctx, tx, payout)
        const approved = await movePayout(tx, req.payoutId, 'APPROVED', {
          cause: 'approved',
          checkerUserId: session.userId,
          nextActionTime: sendTime(ctx, payout),
          updateTime: ctx.clock.now(),
        })
        if (!approved) throw alreadyDecided(req)
        if (isInstant(ctx, approved)) tx.afterCommit(() => dispatchPayout(ctx, approved))
        return { payout: payoutToProto(approved, session, await itemsOf(tx, req.payoutId)) }
      })
    } catch (err) {
      throw isConstraint(err, 'payout_two_people') ? samePerson(req) : err
    }
  }

/** Refuses a decision about what was decided before. */
export function alreadyDecided({ payoutId }: { readonly payoutId: string }) {
  return refuse('ALREADY_DECIDED', 'this payout was decided about before', { payout_id: payoutId })
}

/** Refuses a decision about one's own wish. */
export function samePerson({ payoutId }: { readonly payoutId: string }) {
  return refuse('SAME_PERSON', 'whoever asked for a payout cannot decide about it', { payout_id: payoutId })
}

/** What is approved is what is sent: not to an account that was changed in between. */
async function refuseChangedAccount(ctx: Ctx, tx: Tx, payout: PayoutRow): Promise<void> {
  const account = accountOf(await payeeIn(tx, payout.payeeId), ctx.clock.now())
  if (account.accountId === payout.accountId) return
  const sentence = 'the account of the payee has changed since: cancel this payout and ask for a new one'
  throw refuse('ACCOUNT_UNUSABLE', sentence, { payout_id: payout.payoutId })
}

function isInstant({ settings }: Ctx, { provider }: PayoutRow): boolean {
  return !settings.payoutBatchProviders.includes(provider)
}

function sendTime(ctx: Ctx, payout: PayoutRow): Date {
  const now = ctx.clock.now()
  return isInstant(ctx, payout) ? now : nextBatchTime(now, ctx.settings.payoutBatchTimes)
}
