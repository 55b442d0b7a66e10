import { every } from '#kit'
import type { Ctx } from '../context.ts'
import { handOverPostings } from '../steps/post_cash.ts'
import { unpostedCash } from '../store/deposits.ts'

const BATCH = 50

/** Tells the ledger what a killed process or an absent peer has left untold. */
export const postCash = every({ seconds: 5 }, 'post-cash', async (ctx: Ctx) => {
  // All rows: the job works for every company.
  await handOverPostings(ctx, await unpostedCash(ctx.db.system, BATCH))
})
