import type { Handler } from '#kit'
import type { LedgerService } from '#gen/tms/payment/v1/ledger_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { accountFromProto } from '../../convert_ledger.ts'
import { statementPage } from './statement.ts'

/** Any account over some time. */
export const getPlatformAccountStatement =
  (ctx: Ctx): Handler<typeof LedgerService.method.getPlatformAccountStatement> =>
  (req) =>
    statementPage(ctx, accountFromProto(req.account), req)
