import type { ConnectError } from '@connectrpc/connect'
import type { Queries } from '#kit'
import { refuse } from '../../errors.ts'
import type { PendingTransferRow } from '../../store/ledger_schema.ts'
import { findPendingTransfer } from '../../store/pending_transfers.ts'

/** Why a promise cannot be ended now. */
export async function whyEnded(db: Queries, id: string): Promise<ConnectError> {
  const known = await findPendingTransfer(db, id)
  const metadata = { pending_transfer_id: id }
  if (!known) return refuse('PENDING_TRANSFER_UNKNOWN', 'there is no such pending transfer', metadata)
  return refuse('PENDING_TRANSFER_ENDED', `it is ${stateOf(known)} already`, { ...metadata, state: stateOf(known) })
}

/** A promise that is still open here has outlived its time: the job is yet to come. */
function stateOf({ state }: PendingTransferRow): string {
  return state === 'PENDING' ? 'EXPIRED' : state
}
