import { type Handler, sessionOf } from '#kit'
import type { PayoutService } from '#gen/tms/payment/v1/payout_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { payoutToProto } from '../../convert_payout.ts'
import { refuse } from '../../errors.ts'
import { bookRelease } from '../../flow/payout/entries.ts'
import { movePayout } from '../../store/payouts.ts'
import { alreadyDecided } from './approve_payout.ts'
import { payoutIn } from './common.ts'

/** Gives a payout up before it is sent. */
export const cancelPayout =
  (ctx: Ctx): Handler<typeof PayoutService.method.cancelPayout> =>
  (req, call) =>
    ctx.db.once(call, req, async (tx) => {
      const now = ctx.clock.now()
      const { state } = await payoutIn(tx, req.payoutId)
      const change = { cause: 'cancelled by staff', nextActionTime: null, settleTime: now, updateTime: now }
      const cancelled = await movePayout(tx, req.payoutId, 'CANCELLED', change)
      if (!cancelled) {
        if (state === 'REJECTED' || state === 'CANCELLED') throw alreadyDecided(req)
        throw refuse('PAYOUT_SENT', 'this payout is with the provider', { payout_id: req.payoutId })
      }
      await bookRelease(ctx, tx, cancelled)
      return { payout: payoutToProto(cancelled, sessionOf(call)) }
    })
