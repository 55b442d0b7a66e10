import { every } from '#kit'
import type { Ctx } from '../context.ts'
import { forgetSilent, LOCATION_LIFE_SECONDS } from '../store/locations.ts'
import { endDaysBefore } from '../store/positions.ts'

/** Positions are kept for as long as the settings say, and end by whole days. */
export const endOldDays = every<Ctx>({ seconds: 3_600 }, 'end-old-days', async (ctx) => {
  const before = new Date(ctx.clock.now().getTime() - ctx.settings.historyDays * 86_400_000)
  const ended = await endDaysBefore(ctx.db.system, before)
  if (ended > 0) ctx.happened('tracking.history_ended', { days: ended })
})

/** A bus that was not heard of for a minute is in no index of the fleet; its own keys have run out by then. */
export const forgetSilentBuses = every<Ctx>({ seconds: 30 }, 'forget-silent-buses', async (ctx) => {
  const before = new Date(ctx.clock.now().getTime() - LOCATION_LIFE_SECONDS * 1_000)
  await forgetSilent(ctx.redis, ctx.redisPrefix, before).catch((err: unknown) => {
    ctx.log.debug({ err }, 'Redis does not answer; silent buses are forgotten later')
  })
})
