import { every } from '#kit'
import { historyOf, hourIn, legName, planOf, wayOf } from '../arrivals/way.ts'
import type { Ctx } from '../context.ts'
import { calibrated } from '../domain/arrivals/calibration.ts'
import { type LegTime, learnt } from '../domain/arrivals/predict.ts'
import { arrivalsOn, type Fix } from '../domain/arrivals/progress.ts'
import { toldOn } from '../domain/arrivals/replay.ts'
import { calibrationOf, keepCalibration } from '../store/calibrations.ts'
import { type Journey, unlearntJourneys } from '../store/journeys.ts'
import { ALL_HOURS, claimLearning, keepLegs, type LegKey, type LegRow, legTimes } from '../store/legs.ts'
import { positionsOf } from '../steps/select_positions.ts'

/** Phones that were offline have so long to report what is still missing of a trip. */
const SETTLED_MS = 10 * 60_000
const TRIPS_AT_ONCE = 20

/** What trips took from stop to stop, and how far off their predictions were, is learnt once each has arrived, for those after. */
export const learnLegs = every<Ctx>({ seconds: 60 }, 'learn-legs', async (ctx) => {
  const before = new Date(ctx.clock.now().getTime() - SETTLED_MS)
  for (const journey of await unlearntJourneys(ctx.db.system, before, TRIPS_AT_ONCE)) await learnFrom(ctx, journey)
})

async function learnFrom(ctx: Ctx, journey: Journey): Promise<void> {
  const { tenantId, tripId } = journey
  const shape = await wayOf(ctx, journey)
  const fixes = await drivenBy(ctx, journey)
  const arrivals = arrivalsOn(shape, fixes)
  const plan = planOf(journey, shape)
  const stopIds = journey.calls.map(({ stopId }) => stopId)
  const [known, before] = await ctx.db.transaction(
    async (tx) => [await legTimes(tx, tenantId, stopIds), await calibrationOf(tx, tenantId)] as const,
    { tenantId },
  )
  // Graded by what was known without it; only then is it learnt from.
  const ride = { shape, fixes, plan, history: historyOf(journey, known), hourOf: hourIn(journey.timeZone) }
  const calibration = calibrated(before, toldOn({ ...ride, reach: before.reach }, arrivals))
  await ctx.db.transaction(
    async (tx) => {
      if (!(await claimLearning(tx, tripId, ctx.clock.now()))) return
      await keepLegs(tx, tenantId, legsAfter(known, journey, arrivals, plan.arrivalsMs))
      await keepCalibration(tx, tenantId, calibration)
    },
    { tenantId },
  )
}

async function drivenBy(ctx: Ctx, { tenantId, tripId }: Journey): Promise<Fix[]> {
  const fixes: Fix[] = []
  const selection = { of: { tripId }, from: undefined, until: undefined }
  for await (const page of positionsOf(ctx, selection, tenantId)) fixes.push(...page.map(({ sample }) => sample))
  return fixes
}

/** What is known of the legs of a trip after it. */
function legsAfter(
  known: readonly LegRow[],
  { calls, timeZone }: Journey,
  arrivals: readonly (number | undefined)[],
  plannedMs: readonly number[],
): LegRow[] {
  const before = new Map<string, LegTime>(known.map((row) => [legName(row.fromStopId, row.toStopId, row.hour), row]))
  const after = new Map<string, LegRow>()
  const hourOf = hourIn(timeZone)
  for (let leg = 0; leg + 1 < calls.length; leg++) {
    const [from, to] = [arrivals[leg], arrivals[leg + 1]]
    if (from === undefined || to === undefined || to <= from) continue
    const planned = Math.max(1, (plannedMs[leg + 1]! - plannedMs[leg]!) / 1_000)
    for (const hour of [ALL_HOURS, hourOf(from)]) {
      const key: LegKey = { fromStopId: calls[leg]!.stopId, toStopId: calls[leg + 1]!.stopId, hour }
      const name = legName(key.fromStopId, key.toStopId, hour)
      after.set(name, { ...key, ...learnt(after.get(name) ?? before.get(name), (to - from) / 1_000, planned) })
    }
  }
  return [...after.values()]
}
