import { every } from '#kit'
import type { Ctx } from '../context.ts'
import { payBack } from '../steps/decide_choice.ts'
import { dueChoices } from '../store/choices.ts'

const BATCH = 100

/** Gives the money back to passengers of cancelled trips who did not answer in time. */
export const settleChoices = every({ seconds: 15 }, 'settle-choices', async (ctx: Ctx) => {
  for (let full = true; full;) {
    // All rows: the job works for every company.
    const due = await dueChoices(ctx.db.system, ctx.clock.now(), BATCH)
    for (const choice of due) {
      await ctx.db.transaction((tx) => payBack(tx, ctx, choice, 'DEADLINE'), { tenantId: choice.tenantId })
    }
    full = due.length === BATCH
  }
})
