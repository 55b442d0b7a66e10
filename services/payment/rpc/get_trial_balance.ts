import { type Handler, sessionOf } from '#kit'
import type { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import type { Ctx } from '../context.ts'
import { accountTotals } from '../store/balances.ts'
import { balanceLines } from './journal_page.ts'
import { instantOf } from './instant.ts'

/** Debits and credits over the caller's company's entries. */
export const getTrialBalance =
  (ctx: Ctx): Handler<typeof PaymentService.method.getTrialBalance> =>
  async ({ time }, call) => {
    const until = time && instantOf(time, 'time')
    const { tenantId } = sessionOf(call)
    return { lines: balanceLines(await ctx.db.transaction((tx) => accountTotals(tx, tenantId, until))) }
  }
