import { type Handler, moneyToProto } from '#kit'
import type { LedgerService } from '#gen/tms/payment/v1/ledger_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { accountFromProto, sideToProto } from '../../convert_ledger.ts'
import { balanceOf } from '../../store/balances.ts'
import { instantOf } from '../instant.ts'

/** What is, or was, on any account. */
export const getPlatformAccountBalance =
  (ctx: Ctx): Handler<typeof LedgerService.method.getPlatformAccountBalance> =>
  async (req) => {
    const account = accountFromProto(req.account)
    const until = req.time && instantOf(req.time, 'time')
    const balance = await ctx.db.transaction((tx) => balanceOf(tx, account, until))
    return { balance: moneyToProto(balance), side: sideToProto(account.kind) }
  }
