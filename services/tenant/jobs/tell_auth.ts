import { every } from '#kit'
import type { Ctx } from '../context.ts'
import { tellAuth as tell } from '../steps/tell_auth.ts'
import { listUntold } from '../store/members.ts'

/** Calls that are on their way get this long to tell auth themselves. */
const LEAVE_ALONE_MS = 20_000
const AT_ONCE = 200

/** Tells auth of roles of which it was not told when they were recorded. */
export const tellAuth = every({ seconds: 30 }, 'tell-auth', async (ctx: Ctx) => {
  const before = new Date(ctx.clock.now().getTime() - LEAVE_ALONE_MS)
  // Of all companies: nobody in particular asks.
  await tell(ctx, await listUntold(ctx.db.system, before, AT_ONCE))
})
