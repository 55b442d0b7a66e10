import { every } from '#kit'
import type { Ctx } from '../context.ts'
import { forgetTexts } from '../store/deliveries.ts'

const dayMs = 86_400_000

/** Forgets what was said to whom when nobody will ask any more; that it was said stays. */
export const forgetOldTexts = every({ seconds: 3600 }, 'forget-texts', async (ctx: Ctx) => {
  const createdBefore = new Date(ctx.clock.now().getTime() - ctx.settings.keepDays * dayMs)
  const count = await ctx.db.transaction((tx) => forgetTexts(tx, createdBefore), 'system') // messages of every company
  if (count > 0) ctx.happened('texts-forgotten', { count })
})
