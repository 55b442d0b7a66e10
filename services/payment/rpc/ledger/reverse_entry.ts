import { type Handler, sessionOf, type Tx } from '#kit'
import type { LedgerService } from '#gen/tms/payment/v1/ledger_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { adjustmentToProto } from '../../convert_ledger.ts'
import { reversible } from '../../domain/books.ts'
import { refuse } from '../../errors.ts'
import { adjust } from '../../flow/adjust.ts'
import { entryRows } from '../../store/journal.ts'
import type { TransferRow } from '../../store/schema.ts'
import { adjustmentRefusal } from './adjustment_refusal.ts'

/** Takes an entry back, or proposes to. */
export const reverseEntry =
  (ctx: Ctx): Handler<typeof LedgerService.method.reverseEntry> =>
  async (req, call) => {
    const { adjustmentId, reason, entryId } = req
    const makerUserId = sessionOf(call).userId
    try {
      return await ctx.db.once(call, req, async (tx) => {
        const reverses = await reversibleRows(tx, entryId)
        const { tenantId } = reverses[0]
        const order = { adjustmentId, tenantId, reason, makerUserId, what: { reverses } }
        return { adjustment: adjustmentToProto(await adjust(ctx, tx, order)) }
      })
    } catch (err) {
      throw adjustmentRefusal(err)
    }
  }

async function reversibleRows(tx: Tx, entryId: string): Promise<[TransferRow, ...TransferRow[]]> {
  const [first, ...rest] = await entryRows(tx, entryId)
  if (!first) throw refuse('ENTRY_UNKNOWN', 'there is no such entry', { entry_id: entryId })
  if (reversible.includes(first.kind)) return [first, ...rest]
  throw refuse('ENTRY_NOT_REVERSIBLE', `an entry of kind ${first.kind} is not taken back so`, { kind: first.kind })
}
