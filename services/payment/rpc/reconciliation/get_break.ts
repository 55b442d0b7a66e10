import type { Handler } from '#kit'
import type { ReconciliationService } from '#gen/tms/payment/v1/reconciliation_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { breakChangeToProto, breakToProto } from '../../convert_reconciliation.ts'
import { refuse } from '../../errors.ts'
import { changesOf, findBreak } from '../../store/breaks.ts'
import type { BreakRow } from '../../store/reconciliation_schema.ts'

/** One break with its history. */
export const getBreak =
  (ctx: Ctx): Handler<typeof ReconciliationService.method.getBreak> =>
  async ({ breakId }) =>
    ctx.db.transaction(async (tx) => {
      const row = await existingBreak(findBreak(tx, breakId))
      return { break: breakToProto(row), changes: (await changesOf(tx, breakId)).map(breakChangeToProto) }
    })

/** A break that is there. @throws {ConnectError} NOT_FOUND / BREAK_UNKNOWN */
export async function existingBreak(found: Promise<BreakRow | undefined>): Promise<BreakRow> {
  const row = await found
  if (!row) throw refuse('BREAK_UNKNOWN', 'there is no such break')
  return row
}
