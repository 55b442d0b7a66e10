import { create, type MessageInitShape } from '@bufbuild/protobuf'
import { timestampMs } from '@bufbuild/protobuf/wkt'
import type { PositionUpdate } from '#gen/tms/tracking/v1/position_pb.ts'
import {
  FeedHeader_Incrementality,
  type FeedEntitySchema,
  type FeedMessage,
  FeedMessageSchema,
  type TripDescriptorSchema,
  TripDescriptor_ScheduleRelationship as Relationship,
  type TripUpdate_StopTimeUpdateSchema,
  TripUpdate_StopTimeUpdate_ScheduleRelationship as StopRelationship,
  VehiclePosition_VehicleStopStatus as StopStatus,
} from '#gen/transit_realtime/gtfs-realtime_pb.ts'
import { serviceInstant } from '#kit'
import type { AlertRow } from '../store/alerts.ts'
import type { Journey } from '../store/journeys.ts'
import type { TripProgress } from '../store/progress.ts'

/** What the feeds of a company are made from. */
export type FeedFacts = {
  readonly now: Date
  /** The newest position of each bus. */
  readonly updates: readonly PositionUpdate[]
  /** The trips that buses are on, by id. */
  readonly journeys: ReadonlyMap<string, Journey>
  readonly progress: ReadonlyMap<string, TripProgress>
  readonly cancelled: readonly Journey[]
  /** What staff wrote, and the name that the company's schedule calls it by. */
  readonly alerts: readonly AlertRow[]
  readonly companySlug: string
}

/** One entry of a feed. */
export type Entity = MessageInitShape<typeof FeedEntitySchema>

/** A bus so near to a stop is at it. */
const AT_STOP_METERS = 40

/** Where buses are. Source: gtfs.org/documentation/realtime/reference, version 2.0. */
export function vehiclePositionsFeed(facts: FeedFacts): FeedMessage {
  return feedOf(
    facts,
    facts.updates.flatMap((update): Entity[] => {
      const { position } = update
      if (!position?.sampleTime) return []
      const { busId, latitudeDegrees: latitude, longitudeDegrees: longitude } = position
      const journey = facts.journeys.get(update.tripId)
      const vehicle = {
        ...(journey ? { trip: tripOf(journey), ...stopOf(facts, journey) } : {}),
        vehicle: vehicleOf(update),
        position: {
          latitude,
          longitude,
          ...(position.headingDegrees === undefined ? {} : { bearing: position.headingDegrees }),
          ...(position.speedMetersPerSecond === undefined ? {} : { speed: position.speedMetersPerSecond }),
        },
        timestamp: secondsOf(timestampMs(position.sampleTime), facts.now),
      }
      return [{ id: busId, vehicle }]
    }),
  )
}

/** When buses will be where, and which trips do not run. */
export function tripUpdatesFeed(facts: FeedFacts): FeedMessage {
  const running = facts.updates.flatMap((update): Entity[] => {
    const [journey, known] = [facts.journeys.get(update.tripId), facts.progress.get(update.tripId)]
    if (!journey || known?.revision !== journey.revision || known.predictions.length === 0) return []
    const tripUpdate = {
      trip: tripOf(journey),
      vehicle: vehicleOf(update),
      stopTimeUpdate: stopTimesOf(journey, known),
      timestamp: secondsOf(known.progress.timeMs, facts.now),
    }
    return [{ id: journey.tripId, tripUpdate }]
  })
  const cancelled = facts.cancelled.map((journey): Entity => ({
    id: journey.tripId,
    tripUpdate: {
      trip: { ...tripOf(journey), scheduleRelationship: Relationship.CANCELED },
      timestamp: secondsOf(facts.now.getTime(), facts.now),
    },
  }))
  return feedOf(facts, [...running, ...cancelled])
}

/** A whole feed, made now. */
export function feedOf({ now }: Pick<FeedFacts, 'now'>, entity: readonly Entity[]): FeedMessage {
  const timestamp = secondsOf(now.getTime(), now)
  return create(FeedMessageSchema, {
    header: { gtfsRealtimeVersion: '2.0', incrementality: FeedHeader_Incrementality.FULL_DATASET, timestamp },
    entity: [...entity],
  })
}

/** Nothing in a feed is newer than the feed: a phone's clock may be fast. */
const secondsOf = (ms: number, now: Date) => BigInt(Math.floor(Math.min(ms, now.getTime()) / 1_000))

const vehicleOf = ({ position, busPlate }: PositionUpdate) => ({
  id: position?.busId ?? '',
  label: busPlate,
  licensePlate: busPlate,
})

/** A trip by the ids of the exported schedule, where the schedule is the trip and its departure tells the run. */
export function tripOf({ scheduleId, routeId, serviceDate, timeZone, calls }: Journey) {
  const dayMs = serviceInstant(serviceDate, 0, timeZone).getTime()
  return {
    tripId: scheduleId,
    routeId,
    startDate: serviceDate.replaceAll('-', ''),
    startTime: clockOf((calls[0]!.departureMs - dayMs) / 1_000),
    scheduleRelationship: Relationship.SCHEDULED,
  } satisfies MessageInitShape<typeof TripDescriptorSchema>
}

function clockOf(seconds: number): string {
  const [h, m, s] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60]
  return [h, m, s].map((part) => String(part).padStart(2, '0')).join(':')
}

function stopOf({ progress }: FeedFacts, journey: Journey) {
  const known = progress.get(journey.tripId)
  const next = known?.predictions[0]
  if (!known || known.revision !== journey.revision || !next) return {}
  const last = next.stop - 1
  const call = journey.calls[next.stop]!
  const isAtLast = known.arrivals[last] !== null && known.progress.speed < 1 && isNear(journey, last, known)
  if (isAtLast)
    return { currentStopSequence: last, stopId: journey.calls[last]!.stopId, currentStatus: StopStatus.STOPPED_AT }
  return { currentStopSequence: next.stop, stopId: call.stopId, currentStatus: StopStatus.IN_TRANSIT_TO }
}

function isNear({ calls }: Journey, stop: number, { progress }: TripProgress): boolean {
  const { latitudeDegrees, longitudeDegrees } = calls[stop]!
  const north = (progress.last.latitudeDegrees - latitudeDegrees) * 111_195
  const east = (progress.last.longitudeDegrees - longitudeDegrees) * 111_195
  return Math.hypot(north, east) < AT_STOP_METERS
}

function stopTimesOf({ calls }: Journey, { predictions }: TripProgress) {
  let earliest = 0
  return predictions.map(
    ({ stop, timeMs, earlyMs, lateMs }): MessageInitShape<typeof TripUpdate_StopTimeUpdateSchema> => {
      const call = calls[stop]!
      const arrival = Math.max(earliest, Math.round(timeMs / 1_000))
      // A bus that is early waits for its time where it would have waited anyway.
      const departure = arrival + Math.round((call.departureMs - call.arrivalMs) / 1_000)
      earliest = departure
      const uncertainty = Math.round((lateMs - earlyMs) / 2_000)
      const isLast = stop === calls.length - 1
      return {
        stopSequence: stop,
        stopId: call.stopId,
        arrival: { time: BigInt(arrival), uncertainty },
        ...(isLast ? {} : { departure: { time: BigInt(departure), uncertainty } }),
        scheduleRelationship: StopRelationship.SCHEDULED,
      }
    },
  )
}
