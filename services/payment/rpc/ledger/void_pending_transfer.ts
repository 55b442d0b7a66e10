import type { Handler } from '#kit'
import type { LedgerService } from '#gen/tms/payment/v1/ledger_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { pendingToProto } from '../../convert_ledger.ts'
import { endPendingTransfer, findPendingTransfer } from '../../store/pending_transfers.ts'
import { whyEnded } from './end_pending.ts'

/** Gives a promise up. */
export const voidPendingTransfer =
  (ctx: Ctx): Handler<typeof LedgerService.method.voidPendingTransfer> =>
  ({ pendingTransferId: id }) =>
    ctx.db.transaction(async (tx) => {
      const end = { state: 'VOIDED', postedMinor: 0n, endTime: ctx.clock.now() } as const
      const ended = await endPendingTransfer(tx, id, end)
      const row = ended ?? (await findPendingTransfer(tx, id))
      if (row?.state !== 'VOIDED') throw await whyEnded(tx, id)
      return { pendingTransfer: pendingToProto(row) }
    })
