import { every } from '#kit'
import type { Ctx } from '../context.ts'
import { postSales } from '../steps/pos/post_sales.ts'
import { waitingPostings } from '../store/pos/postings.ts'

const BATCH = 50

/** Posts the sales of batches that could not be posted at once. */
export const postCounterSales = every({ seconds: 5 }, 'post-counter-sales', async (ctx: Ctx) => {
  // All rows: the job works for every company.
  await postSales(ctx, await waitingPostings(ctx.db.system, BATCH))
})
