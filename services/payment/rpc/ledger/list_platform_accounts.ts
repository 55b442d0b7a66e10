import type { Handler } from '#kit'
import type { LedgerService } from '#gen/tms/payment/v1/ledger_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { accountsPage } from './accounts_page.ts'

/** Every account. */
export const listPlatformAccounts =
  (ctx: Ctx): Handler<typeof LedgerService.method.listPlatformAccounts> =>
  (req) =>
    accountsPage(ctx, req, undefined)
