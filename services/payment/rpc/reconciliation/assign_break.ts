import { type Handler, sessionOf } from '#kit'
import type { ReconciliationService } from '#gen/tms/payment/v1/reconciliation_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { breakToProto } from '../../convert_reconciliation.ts'
import { breakStatesBefore, type BreakState } from '../../domain/breaks.ts'
import { refuse } from '../../errors.ts'
import { lockBreak, moveBreak } from '../../store/breaks.ts'
import type { BreakRow } from '../../store/reconciliation_schema.ts'
import { existingBreak } from './get_break.ts'

/** Says who looks into a break. */
export const assignBreak =
  (ctx: Ctx): Handler<typeof ReconciliationService.method.assignBreak> =>
  async ({ breakId, ownerUserId }, call) => {
    const row = await ctx.db.transaction(async (tx) => {
      const found = await existingBreak(lockBreak(tx, breakId))
      if (found.state === 'PROPOSED') throw closed(found)
      requireOpen(found, 'ASSIGNED')
      if (found.ownerUserId === ownerUserId) return found
      const change = { ownerUserId, cause: 'assigned', actor: sessionOf(call).userId, updateTime: ctx.clock.now() }
      return existingBreak(moveBreak(tx, breakId, 'ASSIGNED', change))
    })
    return { break: breakToProto(row) }
  }

/** @throws {ConnectError} FAILED_PRECONDITION / BREAK_CLOSED unless a break can come to a state from where it is */
export function requireOpen(row: BreakRow, to: BreakState): void {
  if (!breakStatesBefore(to).includes(row.state)) throw closed(row)
}

/** The refusal to touch a break that is closed, or that waits for a second person. */
export function closed({ breakId, state }: BreakRow) {
  const message = state === 'PROPOSED' ? 'the break waits for a second person' : 'the break is closed'
  return refuse('BREAK_CLOSED', message, { break_id: breakId, state })
}
