import { type Handler, isConstraint, isPositive, money, type Money, type Tx } from '#kit'
import type { Money as WireMoney } from '#gen/google/type/money_pb.ts'
import type { LedgerService } from '#gen/tms/payment/v1/ledger_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { amountFromProto, invalidTransfer, pendingAccounts, pendingToProto } from '../../convert_ledger.ts'
import { refuse } from '../../errors.ts'
import { postEntry } from '../../store/journal.ts'
import type { PendingTransferRow } from '../../store/ledger_schema.ts'
import { endPendingTransfer, findPendingTransfer } from '../../store/pending_transfers.ts'
import { whyEnded } from './end_pending.ts'

/** Moves what was promised, all or a part. */
export const postPendingTransfer =
  (ctx: Ctx): Handler<typeof LedgerService.method.postPendingTransfer> =>
  async (req, call) => {
    try {
      return await ctx.db.once(call, req, async (tx) => {
        const known = await findPendingTransfer(tx, req.pendingTransferId)
        if (!known) throw await whyEnded(tx, req.pendingTransferId)
        return { pendingTransfer: pendingToProto(await post(ctx, tx, known, partOf(known, req.amount))) }
      })
    } catch (err) {
      if (!isConstraint(err, 'ledger_account_limits')) throw err
      throw refuse('BALANCE_LIMIT', 'it would take an account out of its limits')
    }
  }

/** The promise ends first, so that what it held back does not count twice. */
async function post(ctx: Ctx, tx: Tx, known: PendingTransferRow, amount: Money): Promise<PendingTransferRow> {
  const { pendingTransferId: causeId, tenantId } = known
  const now = ctx.clock.now()
  const row = await endPendingTransfer(tx, causeId, { state: 'POSTED', postedMinor: amount.minor, endTime: now })
  if (!row) throw await whyEnded(tx, causeId)
  const transfers = [{ ...pendingAccounts(row), amount }]
  await postEntry(tx, { entryId: ctx.newId(), tenantId, kind: 'TRANSFER', causeId, transfers, postTime: now })
  return row
}

function partOf({ currency, amountMinor }: PendingTransferRow, wire: WireMoney | undefined): Money {
  const all = money(currency, amountMinor)
  if (!wire) return all
  const part = amountFromProto(wire, 'amount')
  if (part.currency === currency && isPositive(part) && part.minor <= all.minor) return part
  throw invalidTransfer([{ field: 'amount', description: 'must be more than zero and within what was promised' }])
}
