import type { Handler } from '#kit'
import type { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import type { Ctx } from '../context.ts'
import { accountTotals } from '../store/balances.ts'
import { balanceLines } from './journal_page.ts'
import { instantOf } from './instant.ts'

/** Debits and credits over all entries. */
export const getPlatformTrialBalance =
  (ctx: Ctx): Handler<typeof PaymentService.method.getPlatformTrialBalance> =>
  async ({ time }) => {
    const until = time && instantOf(time, 'time')
    return { lines: balanceLines(await ctx.db.transaction((tx) => accountTotals(tx, undefined, until))) }
  }
