import { type Handler, isConstraint, sessionOf } from '#kit'
import type { PayoutService } from '#gen/tms/payment/v1/payout_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { payoutToProto } from '../../convert_payout.ts'
import { bookRelease } from '../../flow/payout/entries.ts'
import { movePayout } from '../../store/payouts.ts'
import { alreadyDecided, samePerson } from './approve_payout.ts'
import { payoutIn } from './common.ts'

/** Refuses a payout: the checker's part. */
export const rejectPayout =
  (ctx: Ctx): Handler<typeof PayoutService.method.rejectPayout> =>
  async (req, call) => {
    const session = sessionOf(call)
    const now = ctx.clock.now()
    try {
      return await ctx.db.once(call, req, async (tx) => {
        await payoutIn(tx, req.payoutId)
        const rejected = await movePayout(tx, req.payoutId, 'REJECTED', {
          cause: 'rejected',
          checkerUserId: session.userId,
          failureCode: req.reason,
          nextActionTime: null,
          settleTime: now,
          updateTime: now,
        })
        if (!rejected) throw alreadyDecided(req)
        await bookRelease(ctx, tx, rejected)
        return { payout: payoutToProto(rejected, session) }
      })
    } catch (err) {
      throw isConstraint(err, 'payout_two_people') ? samePerson(req) : err
    }
  }
