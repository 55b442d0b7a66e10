import { every } from '#kit'
import type { Ctx } from '../context.ts'
import { CALL_SECONDS, secondsAfter } from '../domain/schedule.ts'
import { eachOf } from '../flow/background.ts'
import { announceIntent } from '../flow/changes.ts'
import { followCharge } from '../flow/follow_charge.ts'
import { followRefund } from '../flow/follow_refund.ts'
import { handleCallback } from '../flow/handle_callback.ts'
import { followPayout } from '../flow/payout/follow.ts'
import { takeDueAttempts } from '../store/attempts.ts'
import { takeDueCallbacks } from '../store/callbacks.ts'
import { expireDueIntents } from '../store/intents.ts'
import { takeDuePayouts } from '../store/payouts.ts'
import { takeDueRefunds } from '../store/refunds.ts'

/** How many are taken at once, and how many of them are worked on side by side. */
const BATCH = 100
const WIDTH = 8

/** Asks about attempts without an outcome, and sends those again that certainly did not arrive. */
export const queryUnknown = every({ seconds: 5 }, 'query-unknown', async (ctx: Ctx) => {
  // All rows, here and below: a job acts for the service, not for a session.
  const due = await takeDueAttempts(ctx.db.system, ctx.clock.now(), lease(ctx), BATCH)
  await eachOf(ctx, due, WIDTH, (attempt) => followCharge(ctx, attempt))
})

/** Sends refunds again, and asks about those whose result does not come. */
export const followRefunds = every({ seconds: 5 }, 'follow-refunds', async (ctx: Ctx) => {
  const due = await takeDueRefunds(ctx.db.system, ctx.clock.now(), lease(ctx), BATCH)
  await eachOf(ctx, due, WIDTH, (refund) => followRefund(ctx, refund))
})

/** Sends approved payouts whose time has come, and asks about those whose result does not come. */
export const followPayouts = every({ seconds: 5 }, 'follow-payouts', async (ctx: Ctx) => {
  const due = await takeDuePayouts(ctx.db.system, ctx.clock.now(), lease(ctx), BATCH)
  await eachOf(ctx, due, WIDTH, (payout) => followPayout(ctx, payout))
})

/** Takes up callbacks that nobody has finished: the provider was not ready, or the process died. */
export const handleCallbacks = every({ seconds: 5 }, 'handle-callbacks', async (ctx: Ctx) => {
  const due = await takeDueCallbacks(ctx.db.system, ctx.clock.now(), lease(ctx), BATCH)
  await eachOf(ctx, due, WIDTH, ({ row, tries }) => handleCallback(ctx, row, tries))
})

/** Ends intents whose time to pay is over. */
export const expireIntents = every({ seconds: 15 }, 'expire-intents', async (ctx: Ctx) => {
  const expired = await ctx.db.transaction((tx) => expireDueIntents(tx, ctx.clock.now(), BATCH), 'system')
  await eachOf(ctx, expired, WIDTH, ({ paymentIntentId }) => announceIntent(ctx, paymentIntentId))
})

/** Until when what was taken is left to who took it. */
function lease(ctx: Ctx): Date {
  return secondsAfter(ctx.clock.now(), CALL_SECONDS)
}
