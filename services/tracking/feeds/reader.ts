import { create } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { derivedUuid } from '#kit'
import { type Position, PositionSchema } from '#gen/tms/tracking/v1/position_pb.ts'
import { type VehicleFeedCounts, VehicleFeedCountsSchema } from '#gen/tms/tracking/v1/vehicle_feed_pb.ts'
import type { Ctx } from '../context.ts'
import { ALWAYS } from '../domain/duty.ts'
import { type Known, type MatchedBus, matchOf, plateKey, scheduleIdsOf } from '../domain/feed/match.ts'
import type { FeedVehicle } from '../domain/feed/vehicle.ts'
import { ingestOf } from '../ingest/ingest.ts'
import type { Reporting } from '../ingest/reporting.ts'
import { busesSince, openFeedRecordings, tripsOfSchedules } from '../store/feed_trips.ts'
import { vehiclesOf } from '../wire/vehicle_feeds.ts'
import { fetchFeed } from './fetch.ts'

/** A vehicle that is a bus of the company, and what it records under. */
type Matched = { readonly vehicle: FeedVehicle; readonly bus: MatchedBus; readonly recordingId: string }

/** The vehicles of a feed that report, by their recordings. */
type Senders = ReadonlyMap<string, Reporting>

const DAY_MS = 86_400_000
/** A bus that ran nothing for longer is not looked for by its plate. */
const FLEET_DAYS = 60

/** Reads feeds of other systems, and puts their vehicles on the path of all positions. */
export class FeedReader {
  readonly #senders = new Map<string, Senders>()

  /** Reads a company's feed once; answers what became of its vehicles. @throws {UnusableFeed} when nothing could */
  async read(ctx: Ctx, tenantId: string, url: string): Promise<VehicleFeedCounts> {
    const { count, vehicles } = vehiclesOf(await fetchFeed(ctx, url), ctx.clock.now().getTime())
    const known = await knownOf(ctx, tenantId, vehicles)
    const matched = vehicles.flatMap((vehicle): Matched[] => {
      const bus = matchOf(tenantId, vehicle, known)
      return bus ? [{ vehicle, bus, recordingId: recordingOf(tenantId, vehicle, bus) }] : []
    })
    const before = this.#senders.get(tenantId) ?? new Map<string, Reporting>()
    const senders = await sendersOf(ctx, tenantId, matched, before)
    this.#senders.set(tenantId, senders)
    const counts = { accepted: 0, rejected: 0, unchanged: 0 }
    await Promise.all(
      matched.map(async ({ vehicle, recordingId }) => {
        counts[await outcomeOf(senders.get(recordingId)!, vehicle)] += 1
      }),
    )
    return create(VehicleFeedCountsSchema, {
      vehicleCount: count,
      acceptedCount: counts.accepted,
      rejectedCount: counts.rejected,
      unchangedCount: counts.unchanged,
      unmatchedCount: count - matched.length,
    })
  }
}

/** What the vehicles of a feed may be at, and which buses they may be. */
async function knownOf(ctx: Ctx, tenantId: string, vehicles: readonly FeedVehicle[]): Promise<Known> {
  const nowMs = ctx.clock.now().getTime()
  const scheduleIds = [...new Set(vehicles.flatMap(({ tripId }) => scheduleIdsOf(tenantId, tripId)))]
  const around = { from: new Date(nowMs - DAY_MS), until: new Date(nowMs + DAY_MS) }
  return ctx.db.transaction(
    async (tx) => {
      const trips = await tripsOfSchedules(tx, tenantId, scheduleIds, around)
      const buses = await busesSince(tx, tenantId, new Date(nowMs - FLEET_DAYS * DAY_MS))
      return {
        trips: Map.groupBy(trips, ({ scheduleId }) => scheduleId),
        buses: new Map(buses.map((bus) => [plateKey(bus.busPlate), bus])),
      }
    },
    { tenantId },
  )
}

/** Those that reported before go on; the others begin behind what the history has of them. Who is gone is forgotten. */
async function sendersOf(ctx: Ctx, tenantId: string, matched: readonly Matched[], before: Senders): Promise<Senders> {
  const fresh = matched.filter(({ recordingId }) => !before.has(recordingId))
  const recordings = fresh.map(({ recordingId, bus: { busId, tripId }, vehicle: { vehicleId } }) => {
    return { recordingId, tenantId, busId, tripId, feedVehicle: vehicleId }
  })
  const now = ctx.clock.now()
  const last = await ctx.db.transaction((tx) => openFeedRecordings(tx, recordings, now), { tenantId })
  const open = ({ bus, recordingId }: Matched) => {
    const { reportIntervalSeconds: intervalSeconds } = ctx.settings
    const sender = { ...bus, tenantId, recordingId, source: 'FEED' as const, duty: ALWAYS, intervalSeconds }
    return ingestOf(ctx).hear(sender, last.get(recordingId))
  }
  return new Map(matched.map((one) => [one.recordingId, before.get(one.recordingId) ?? open(one)]))
}

/** Gives a vehicle's position to ingest; whatever it comes to, it is on disk then. */
async function outcomeOf(sender: Reporting, vehicle: FeedVehicle): Promise<'accepted' | 'rejected' | 'unchanged'> {
  if (vehicle.seconds <= sender.settledSequence) return 'unchanged'
  sender.take([positionOf(vehicle)])
  await sender.quiet()
  return sender.takeAck().rejected.length > 0 ? 'rejected' : 'accepted'
}

function positionOf(vehicle: FeedVehicle): Position {
  const { seconds, latitudeDegrees, longitudeDegrees, headingDegrees, speedMetersPerSecond } = vehicle
  return create(PositionSchema, {
    // A feed has no numbers, but its times rise: what is read twice, by whomever, has the same number.
    sequence: BigInt(seconds),
    sampleTime: timestampFromMs(seconds * 1_000),
    latitudeDegrees,
    longitudeDegrees,
    ...(headingDegrees === undefined ? {} : { headingDegrees }),
    ...(speedMetersPerSecond === undefined ? {} : { speedMetersPerSecond }),
  })
}

/** The same for a vehicle as long as it is the same bus on the same trip, in every process. */
function recordingOf(tenantId: string, { vehicleId }: FeedVehicle, { busId, tripId = '' }: MatchedBus): string {
  return derivedUuid(tenantId, `vehicle feed\n${vehicleId}\n${busId}\n${tripId}`)
}
