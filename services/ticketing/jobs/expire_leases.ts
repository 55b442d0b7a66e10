import { every } from '#kit'
import type { Ctx } from '../context.ts'
import { expireLeases as expireDue } from '../store/pos/let_go.ts'

const BATCH = 200

/** Ends leases whose grace is over. Their seats were for the taking before: this tidies up. */
export const expireLeases = every({ seconds: 30 }, 'expire-leases', async (ctx: Ctx) => {
  for (let full = true; full;) {
    // All rows: the job works for every company.
    const leases = await ctx.db.transaction((tx) => expireDue(tx, ctx.clock.now(), BATCH), 'system')
    if (leases > 0) ctx.happened('leases_expired', { leases })
    full = leases === BATCH
  }
})
