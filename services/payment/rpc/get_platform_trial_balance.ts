import { timestampDate } from '@bufbuild/protobuf/wkt'
import type { Handler } from '#kit'
import type { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import type { Ctx } from '../context.ts'
import { accountTotals } from '../store/balances.ts'
import { balanceLines } from './journal_page.ts'

/** Debits and credits over all entries. */
export const getPlatformTrialBalance =
  (ctx: Ctx): Handler<typeof PaymentService.method.getPlatformTrialBalance> =>
  async ({ time }) => {
    const until = time && timestampDate(time)
    return { lines: balanceLines(await ctx.db.transaction((tx) => accountTotals(tx, undefined, until))) }
  }
