import type { Tx } from '#kit'
import { refuse } from '../../errors.ts'
import { findRefund } from '../../store/refunds.ts'
import type { RefundRow } from '../../store/schema.ts'

/** A refund of the caller's company. @throws {ConnectError} NOT_FOUND / REFUND_UNKNOWN */
export async function refundIn(tx: Tx, refundId: string): Promise<RefundRow> {
  const found = await findRefund(tx, refundId)
  if (!found) throw refuse('REFUND_UNKNOWN', 'there is no such refund', { refund_id: refundId })
  return found
}
