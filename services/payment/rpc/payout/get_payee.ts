import { type Handler, sessionOf } from '#kit'
import type { PayoutService } from '#gen/tms/payment/v1/payout_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { payeeToProto } from '../../convert_payout.ts'
import { payeeIn } from './common.ts'

/** A payee and its accounts. */
export const getPayee =
  (ctx: Ctx): Handler<typeof PayoutService.method.getPayee> =>
  async ({ payeeId }, call) => {
    const view = await ctx.db.transaction((tx) => payeeIn(tx, payeeId))
    return { payee: payeeToProto(view, sessionOf(call), ctx.clock.now()) }
  }
