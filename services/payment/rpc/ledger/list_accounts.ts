import { type Handler, sessionOf } from '#kit'
import type { LedgerService } from '#gen/tms/payment/v1/ledger_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { accountsPage } from './accounts_page.ts'

/** The accounts of the caller's company. */
export const listAccounts =
  (ctx: Ctx): Handler<typeof LedgerService.method.listAccounts> =>
  (req, call) =>
    // Row-level security asks for a company as well; without one there is nothing.
    accountsPage(ctx, req, sessionOf(call).tenantId ?? '')
