import { fromBinary } from '@bufbuild/protobuf'
import { timestampMs } from '@bufbuild/protobuf/wkt'
import { type PositionUpdate, PositionUpdateSchema } from '#gen/tms/tracking/v1/position_pb.ts'
import type { Ctx } from '../context.ts'
import { type LegHistory, predictArrivals } from '../domain/arrivals/predict.ts'
import { type Fix, noteArrivals, progressAfter } from '../domain/arrivals/progress.ts'
import type { Shape } from '../domain/arrivals/shape.ts'
import { calibrationOf } from '../store/calibrations.ts'
import { type Journey, journeysOf } from '../store/journeys.ts'
import { legTimes } from '../store/legs.ts'
import { knownCompanies, readFleet, readUpdates } from '../store/locations.ts'
import { readProgress, type TripProgress, writeProgress } from '../store/progress.ts'
import { historyOf, hourIn, planOf, wayOf } from './way.ts'

/** What does not change while a trip is as planned. */
type Followed = {
  readonly revision: string
  readonly shape: Shape
  readonly history: LegHistory
  /** How far bounds reach. */
  readonly reach: number
  readonly untilMs: number
}

/** What was learnt meanwhile is looked at again so often. */
const FOLLOWED_MS = 10 * 60_000
const MOST_FOLLOWED = 5_000

/**
 * Takes every bus on a trip a step further along its way, and predicts its arrivals anew.
 *
 * What is remembered of a bus lies in Redis, so that any process can take the next step.
 */
export class Follower {
  readonly #followed = new Map<string, Followed>()

  /** One step for all buses of all companies. */
  async step(ctx: Ctx): Promise<void> {
    for (const tenantId of await knownCompanies(ctx.redis, ctx.redisPrefix)) await this.#stepCompany(ctx, tenantId)
  }

  async #stepCompany(ctx: Ctx, tenantId: string): Promise<void> {
    const { redis, redisPrefix } = ctx
    const updates = await fleetOf(ctx, tenantId)
    const byTrip = new Map(updates.filter(({ tripId }) => tripId !== '').map((one) => [one.tripId, one]))
    const tripIds = [...byTrip.keys()]
    const journeys = await ctx.db.transaction((tx) => journeysOf(tx, tripIds), { tenantId })
    const before = await readProgress(redis, redisPrefix, tripIds)
    const after = new Map<string, TripProgress>()
    for (const journey of journeys) {
      const next = await this.#stepTrip(ctx, journey, byTrip.get(journey.tripId)!, before.get(journey.tripId))
      if (next) after.set(journey.tripId, next)
    }
    await writeProgress(redis, redisPrefix, after)
  }

  async #stepTrip(
    ctx: Ctx,
    journey: Journey,
    { position }: PositionUpdate,
    known: TripProgress | undefined,
  ): Promise<TripProgress | undefined> {
    if (!position?.sampleTime || journey.state === 'CANCELLED' || journey.state === 'ARRIVED') return undefined
    const { busId, latitudeDegrees, longitudeDegrees, accuracyMeters } = position
    // Another plan, or another bus: what was remembered is of something else.
    const before = known?.revision === journey.revision && known.busId === busId ? known : undefined
    const followed = await this.#follow(ctx, journey)
    const fix: Fix = { latitudeDegrees, longitudeDegrees, accuracyMeters, timeMs: timestampMs(position.sampleTime) }
    const progress = progressAfter(followed.shape, before?.progress, fix)
    if (!progress) return undefined
    const arrivals = journey.calls.map((_, i) => before?.arrivals[i] ?? undefined)
    noteArrivals(followed.shape, arrivals, before?.progress, progress)
    const plan = planOf(journey, followed.shape)
    const driven = { meters: progress.meters, timeMs: startOf(journey, progress), arrivalsMs: arrivals }
    // Two positions make a speed.
    const speed = before ? progress.speed : undefined
    const hourOf = hourIn(journey.timeZone)
    const predictions = predictArrivals(plan, { ...driven, speed }, followed.history, hourOf, followed.reach)
    const { revision } = journey
    return { revision, busId, progress, arrivals: arrivals.map((at) => at ?? null), predictions }
  }

  async #follow(ctx: Ctx, journey: Journey): Promise<Followed> {
    const nowMs = ctx.clock.now().getTime()
    const known = this.#followed.get(journey.tripId)
    if (known?.revision === journey.revision && known.untilMs > nowMs) return known
    const { tenantId, revision } = journey
    const stopIds = journey.calls.map(({ stopId }) => stopId)
    const [rows, { reach }] = await ctx.db.transaction(
      async (tx) => [await legTimes(tx, tenantId, stopIds), await calibrationOf(tx, tenantId)] as const,
      { tenantId },
    )
    const shape = await wayOf(ctx, journey)
    const made = { revision, shape, history: historyOf(journey, rows), reach, untilMs: nowMs + FOLLOWED_MS }
    if (this.#followed.size >= MOST_FOLLOWED) this.#followed.clear()
    this.#followed.set(journey.tripId, made)
    return made
  }
}

/** A bus that waits at its first stop leaves at its time, not now. */
function startOf({ state, calls }: Journey, { timeMs }: { readonly timeMs: number }): number {
  return state === 'DEPARTED' ? timeMs : Math.max(timeMs, calls[0]!.departureMs)
}

/** The newest position of each bus of a company that was heard of within the last minute. */
export async function fleetOf({ redis, redisPrefix }: Ctx, tenantId: string): Promise<PositionUpdate[]> {
  const fleet = await readFleet(redis, redisPrefix, tenantId, undefined)
  const found = await readUpdates(
    redis,
    redisPrefix,
    fleet.map(({ busId }) => busId),
  )
  return found.map((bytes) => fromBinary(PositionUpdateSchema, bytes)).filter((one) => one.tenantId === tenantId)
}
