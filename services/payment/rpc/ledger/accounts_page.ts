import { nextPageToken, pageOf } from '#kit'
import type { Ctx } from '../../context.ts'
import { ledgerAccountToProto } from '../../convert_ledger.ts'
import { type AccountCursor, listAccounts } from '../../store/accounts.ts'
import { PAGE } from '../page.ts'

type ListRequest = { readonly pageSize: number; readonly pageToken: string }

/** A page of the accounts that the caller's scope shows. @param tenantId a company's; undefined for everybody's */
export async function accountsPage(ctx: Ctx, req: ListRequest, tenantId: string | undefined) {
  const { limit, after } = pageOf<AccountCursor>(req, PAGE, isCursor)
  const views = await ctx.db.transaction((tx) => listAccounts(tx, { tenantId, limit, after }))
  return {
    accounts: views.map(ledgerAccountToProto),
    nextPageToken: nextPageToken(views, limit, ({ account }): AccountCursor => account),
  }
}

function isCursor(cursor: unknown): cursor is AccountCursor {
  const { kind, holder, currency } = (cursor ?? {}) as Record<string, unknown>
  return [kind, holder, currency].every((part) => typeof part === 'string' && !part.includes('\u0000'))
}
