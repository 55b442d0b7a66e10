import { type Handler, money, moneyToProto } from '#kit'
import type { PayoutService } from '#gen/tms/payment/v1/payout_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { statementToProto } from '../../convert_payout.ts'
import { statementOf } from '../../domain/statement.ts'
import { dueFrom, sourceOf } from '../../flow/payout/promise.ts'
import { currencyOf, payeeIn } from './common.ts'

/** What is due to a payee now, and how that comes about. */
export const quotePayout =
  (ctx: Ctx): Handler<typeof PayoutService.method.quotePayout> =>
  async (req) => {
    const currency = currencyOf(req.currencyCode, 'currency_code')
    const due = await ctx.db.transaction(async (tx) => {
      const { payee } = await payeeIn(tx, req.payeeId)
      return dueFrom(tx, sourceOf(payee, currency))
    })
    return {
      dueAmount: moneyToProto(money(currency, due.minor)),
      statement: statementToProto(currency, statementOf(due.totals, due.earlier, due.minor)),
    }
  }
