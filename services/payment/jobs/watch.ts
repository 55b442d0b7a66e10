import { Gauge } from 'prom-client'
import { every, registry } from '#kit'
import type { Ctx } from '../context.ts'
import { secondsAfter } from '../domain/schedule.ts'
import { raiseAlert } from '../flow/alerts.ts'
import { pruneCallbacks as prune } from '../store/callbacks.ts'
import { countUnknown, reportLongUnknown } from '../store/unknown.ts'

const BATCH = 100
const PRUNE_BATCH = 1_000
const DAY_SECONDS = 86_400

const shared = { registers: [registry], labelNames: ['entity', 'provider'] as const }

const unknownCount = new Gauge({
  ...shared,
  name: 'tms_payment_unknown',
  help: 'Attempts, refunds and payouts of which the provider has not said what became of them.',
})
const unknownAge = new Gauge({
  ...shared,
  name: 'tms_payment_unknown_oldest_seconds',
  help: 'Age of the oldest of them.',
})

/** Tells a person, once for each, of what the provider has not spoken about for too long; it stays UNKNOWN. */
export const detectUnknown = every({ seconds: 60 }, 'detect-unknown', async (ctx: Ctx) => {
  const now = ctx.clock.now()
  const cutoff = secondsAfter(now, -ctx.settings.unknownAlertSeconds)
  // All rows, here and below: a job acts for the service, not for a session.
  await ctx.db.transaction(async (tx) => {
    for (const { entity, ...facts } of await reportLongUnknown(tx, cutoff, now, BATCH)) {
      const detail = `${entity.toLowerCase()} without an outcome for more than ${ctx.settings.unknownAlertSeconds} s`
      const { paymentIntentId, ...names } = facts
      await raiseAlert(ctx, tx, {
        kind: 'UNKNOWN_TOO_LONG',
        detail,
        ...names,
        ...(paymentIntentId !== undefined && { paymentIntentId }),
      })
    }
  }, 'system')
  unknownCount.reset()
  unknownAge.reset()
  for (const { entity, provider, count, oldestSeconds } of await countUnknown(ctx.db.system, now)) {
    unknownCount.labels(entity, provider).set(count)
    unknownAge.labels(entity, provider).set(oldestSeconds)
  }
})

/** Deletes raw callbacks that are older than they must be kept. */
export const pruneCallbacks = every({ seconds: 3_600 }, 'prune-callbacks', async (ctx: Ctx) => {
  const cutoff = secondsAfter(ctx.clock.now(), -ctx.settings.callbackRetentionDays * DAY_SECONDS)
  while ((await prune(ctx.db.system, cutoff, PRUNE_BATCH)) === PRUNE_BATCH);
})
