import { every } from '#kit'
import type { Ctx } from '../context.ts'
import { foldJournal } from '../store/fold.ts'
import { expirePendingTransfers } from '../store/pending_transfers.ts'

const BATCH = 500

/** Adds the journal up by days, so that no balance is a sum over years. */
export const foldLedger = every({ seconds: 5 }, 'fold-ledger', async (ctx: Ctx) => {
  // All rows, here and below: a job acts for the service, not for a session.
  await ctx.db.transaction((tx) => foldJournal(tx), 'system')
})

/** Ends promises whose time is over. */
export const expirePending = every({ seconds: 5 }, 'expire-pending-transfers', async (ctx: Ctx) => {
  await expirePendingTransfers(ctx.db.system, ctx.clock.now(), BATCH)
})
