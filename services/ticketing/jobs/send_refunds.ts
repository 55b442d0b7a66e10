import { every } from '#kit'
import type { Ctx } from '../context.ts'
import { sendRefunds as send } from '../steps/send_refunds.ts'
import { unsentRefunds } from '../store/refunds.ts'

const BATCH = 50

/** Hands over the refunds that events have made owed, and those that could not be handed over at once. */
export const sendRefunds = every({ seconds: 5 }, 'send-refunds', async (ctx: Ctx) => {
  // All rows: the job works for every company.
  await send(ctx, await unsentRefunds(ctx.db.system, BATCH))
})
