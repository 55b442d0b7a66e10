import { every } from '#kit'
import type { Ctx } from '../context.ts'
import { lostAttempt, recordAttempts } from '../sending/attempt.ts'
import { settleEarlyReports } from '../sending/settle.ts'
import { lostClaims } from '../store/queue.ts'

/** Longer than any provider's time-out: a sender that has not spoken since is dead. */
const leaseMs = 180_000

/** Messages whose sender died are of unknown fate; reports that came early may settle them. */
export const settleUnknown = every({ seconds: 15 }, 'settle-unknown', async (ctx: Ctx) => {
  const now = ctx.clock.now()
  // Messages of every company.
  const lost = await ctx.db.transaction((tx) => lostClaims(tx, new Date(now.getTime() - leaseMs)), 'system')
  if (lost.length > 0)
    await recordAttempts(
      ctx,
      lost.map((row) => lostAttempt(row, now)),
    )
  await settleEarlyReports(ctx)
})
