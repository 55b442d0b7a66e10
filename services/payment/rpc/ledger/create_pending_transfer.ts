import { type Handler, isConstraint } from '#kit'
import type { LedgerService } from '#gen/tms/payment/v1/ledger_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { invalidTransfer, pendingToProto, transferFromProto } from '../../convert_ledger.ts'
import { refuse } from '../../errors.ts'
import type { PendingTransferRow } from '../../store/ledger_schema.ts'
import { insertPendingTransfer } from '../../store/pending_transfers.ts'
import { instantOf } from '../instant.ts'

/** Promises money. */
export const createPendingTransfer =
  (ctx: Ctx): Handler<typeof LedgerService.method.createPendingTransfer> =>
  async (req, call) => {
    const { tenantId, debit, credit, amount } = transferFromProto(req.transfer, req.tenantId)
    try {
      return await ctx.db.once(call, req, async (tx) => {
        const now = ctx.clock.now()
        const expireTime = req.expireTime ? instantOf(req.expireTime, 'expire_time') : now
        if (expireTime <= now) throw invalidTransfer([{ field: 'expire_time', description: 'is in the past' }])
        const row: PendingTransferRow = {
          pendingTransferId: req.pendingTransferId,
          tenantId,
          debitKind: debit.kind,
          debitHolder: debit.holder,
          creditKind: credit.kind,
          creditHolder: credit.holder,
          currency: amount.currency,
          amountMinor: amount.minor,
          postedMinor: 0n,
          state: 'PENDING',
          expireTime,
          createTime: now,
          endTime: null,
        }
        await insertPendingTransfer(tx, row)
        return { pendingTransfer: pendingToProto(row) }
      })
    } catch (err) {
      if (isConstraint(err, 'ledger_account_limits')) {
        throw refuse('BALANCE_LIMIT', 'it would take an account out of its limits')
      }
      if (isConstraint(err, 'pending_transfer_pkey')) throw refuse('ID_TAKEN', 'this pending_transfer_id is in use')
      throw err
    }
  }
