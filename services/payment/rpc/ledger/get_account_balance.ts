import { type Handler, moneyToProto, sessionOf } from '#kit'
import type { LedgerService } from '#gen/tms/payment/v1/ledger_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { sideToProto } from '../../convert_ledger.ts'
import { balanceOf } from '../../store/balances.ts'
import { ownAccount } from './own_account.ts'
import { instantOf } from '../instant.ts'

/** What is, or was, on an account of the caller's company. */
export const getAccountBalance =
  (ctx: Ctx): Handler<typeof LedgerService.method.getAccountBalance> =>
  async (req, call) => {
    const account = ownAccount(sessionOf(call), req.account)
    const until = req.time && instantOf(req.time, 'time')
    const balance = await ctx.db.transaction((tx) => balanceOf(tx, account, until))
    return { balance: moneyToProto(balance), side: sideToProto(account.kind) }
  }
