import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { money, moneyToProto, nextPageToken, pageOf } from '#kit'
import type { MessageInitShape } from '@bufbuild/protobuf'
import {
  JournalEntry_Kind,
  type JournalEntrySchema,
  type TrialBalanceLineSchema,
} from '#gen/tms/payment/v1/ledger_pb.ts'
import type { Ctx } from '../context.ts'
import { accountToProto } from '../convert_ledger.ts'
import type { AccountTotals } from '../store/balances.ts'
import { listTransfers } from '../store/journal.ts'
import type { TransferRow } from '../store/schema.ts'
import { PAGE } from './page.ts'

type ListRequest = { readonly pageSize: number; readonly pageToken: string; readonly paymentIntentId: string }
type JournalCursor = { readonly entryId: string }

/** A page of the journal that the caller's scope shows. @param tenantId a company's; undefined for everybody's */
export async function journalPage(ctx: Ctx, req: ListRequest, tenantId: string | undefined) {
  const { limit, after } = pageOf<JournalCursor>(req, PAGE)
  const paymentIntentId = req.paymentIntentId === '' ? undefined : req.paymentIntentId
  const filter = { tenantId, paymentIntentId, limit, after: after?.entryId }
  const rows = await ctx.db.transaction((tx) => listTransfers(tx, filter))
  const journalEntries = entriesOf(rows)
  return {
    journalEntries,
    nextPageToken: nextPageToken(journalEntries, limit, ({ entryId }) => ({ entryId })),
  }
}

/** Gathers the transfers of each entry; the rows of one come together. */
function entriesOf(rows: readonly TransferRow[]): MessageInitShape<typeof JournalEntrySchema>[] {
  return [...Map.groupBy(rows, ({ entryId }) => entryId).values()].map((transfers) => {
    const [{ entryId, tenantId, kind, paymentIntentId, causeId, postTime }] = transfers as [TransferRow]
    return {
      entryId,
      tenantId: tenantId ?? '',
      kind: JournalEntry_Kind[kind],
      paymentIntentId: paymentIntentId ?? '',
      causeId,
      postTime: timestampFromDate(postTime),
      transfers: transfers.map((row) => ({
        debit: accountToProto({ kind: row.debitKind, holder: row.debitHolder }, row.currency),
        credit: accountToProto({ kind: row.creditKind, holder: row.creditHolder }, row.currency),
        amount: moneyToProto(money(row.currency, row.amountMinor)),
      })),
    }
  })
}

/** Lines of a trial balance. */
export function balanceLines(totals: readonly AccountTotals[]): MessageInitShape<typeof TrialBalanceLineSchema>[] {
  return totals.map(({ account, debit, credit }) => ({
    account: accountToProto(account, debit.currency),
    debitTotal: moneyToProto(debit),
    creditTotal: moneyToProto(credit),
  }))
}
