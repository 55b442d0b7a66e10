import { addDays, derivedUuid, every, serviceDateOf, serviceInstant } from '#kit'
import type { Ctx } from '../context.ts'
import { inBackground } from '../flow/background.ts'
import { reconcileWaiting } from '../flow/reconcile.ts'
import { providerNames } from '../providers/index.ts'
import { closeMatched } from '../store/breaks.ts'
import { insertReconciliation } from '../store/reconciliations.ts'

/** The day of all providers here; Nairobi is an hour ahead, which the next night's questions cover. */
const TIME_ZONE = 'Africa/Kigali'
/** Ids of nightly reconciliations are made of provider and day, so that there is one of each. */
const NIGHTLY = '0190f000-0000-7000-8000-00000000d41e'

/** Takes up reconciliations that wait, or whose process has died. They may be long: the job does not wait for them. */
export const reconcile = every({ seconds: 5 }, 'reconcile', (ctx: Ctx) => {
  inBackground(ctx, 'reconcile', () => reconcileWaiting(ctx))
  return Promise.resolve()
})

/** Closes breaks whose other half has arrived. */
export const closeMatchedBreaks = every({ seconds: 60 }, 'close-matched-breaks', async (ctx: Ctx) => {
  // All rows: a job acts for the service, not for a session.
  const count = await ctx.db.transaction((tx) => closeMatched(tx, ctx.clock.now()), 'system')
  if (count > 0) ctx.happened('breaks-closed-by-match', { count })
})

/** Asks each provider, once a night, about the payments of yesterday. */
export const reconcileYesterday = every({ seconds: 600 }, 'reconcile-yesterday', async (ctx: Ctx) => {
  const { reconciliationHour } = ctx.settings
  const now = ctx.clock.now()
  const today = serviceDateOf(now, TIME_ZONE)
  if (reconciliationHour < 0 || now < serviceInstant(today, reconciliationHour * 3_600, TIME_ZONE)) return
  const yesterday = addDays(today, -1)
  for (const provider of providerNames(ctx)) {
    await insertReconciliation(ctx.db.system, {
      reconciliationId: derivedUuid(NIGHTLY, `${provider} ${yesterday}`),
      provider,
      source: 'STATUS_API',
      account: 'ALL',
      currency: '',
      fileName: '',
      state: 'RUNNING',
      fromTime: serviceInstant(yesterday, 0, TIME_ZONE),
      toTime: serviceInstant(today, 0, TIME_ZONE),
      startUserId: '',
      leaseTime: now,
      createTime: now,
    })
  }
})
