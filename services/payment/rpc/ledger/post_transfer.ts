import { equals, type Handler, isConstraint, refuseCall } from '#kit'
import type { LedgerService } from '#gen/tms/payment/v1/ledger_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { transferFromProto } from '../../convert_ledger.ts'
import type { Transfer } from '../../domain/books.ts'
import { refuse } from '../../errors.ts'
import { posterOf } from '../../flow/poster.ts'
import { rowsOfCause, transferOf } from '../../store/journal.ts'

/**
 * Moves money between two accounts, together with what else arrives at this moment.
 *
 * The entry is its own record of the call: its cause is the key, and it never changes. So no answer is stored beside it.
 */
export const postTransfer =
  (ctx: Ctx): Handler<typeof LedgerService.method.postTransfer> =>
  async (req) => {
    const { tenantId, ...transfer } = transferFromProto(req.transfer, req.tenantId)
    const [entryId, causeId, postTime] = [ctx.newId(), req.transferId, ctx.clock.now()]
    try {
      await posterOf(ctx).post({ entryId, tenantId, kind: 'TRANSFER', causeId, transfers: [transfer], postTime })
      return { entryId }
    } catch (err) {
      if (isConstraint(err, 'journal_transfer_once'))
        return { entryId: await earlier(ctx, causeId, transfer, tenantId) }
      if (isConstraint(err, 'ledger_account_limits')) {
        throw refuse('BALANCE_LIMIT', 'it would take an account out of its limits')
      }
      throw err
    }
  }

/** The entry of the first call. @throws {ConnectError} FAILED_PRECONDITION / IDEMPOTENCY_KEY_REUSED when that moved something else */
async function earlier(ctx: Ctx, causeId: string, transfer: Transfer, tenantId: string | null): Promise<string> {
  // All rows: only services call this, for whatever company.
  const [row] = await rowsOfCause(ctx.db.system, causeId, 'TRANSFER')
  if (row?.tenantId === tenantId && sameTransfer(transferOf(row), transfer)) return row.entryId
  throw refuseCall('IDEMPOTENCY_KEY_REUSED', `the id ${causeId} was used for another transfer before`)
}

function sameTransfer(one: Transfer, other: Transfer): boolean {
  return (
    one.debit.kind === other.debit.kind &&
    one.debit.holder === other.debit.holder &&
    one.credit.kind === other.credit.kind &&
    one.credit.holder === other.credit.holder &&
    equals(one.amount, other.amount)
  )
}
