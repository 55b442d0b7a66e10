import { type Handler, sessionOf } from '#kit'
import type { LedgerService } from '#gen/tms/payment/v1/ledger_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { ownAccount } from './own_account.ts'
import { statementPage } from './statement.ts'

/** An account of the caller's company over some time. */
export const getAccountStatement =
  (ctx: Ctx): Handler<typeof LedgerService.method.getAccountStatement> =>
  (req, call) =>
    statementPage(ctx, ownAccount(sessionOf(call), req.account), req)
