import type {
  FeedMessage,
  TripDescriptor,
  TripUpdate,
  VehiclePosition,
} from '#gen/transit_realtime/gtfs-realtime_pb.ts'
import {
  FeedHeader_Incrementality,
  TripDescriptor_ScheduleRelationship,
} from '#gen/transit_realtime/gtfs-realtime_pb.ts'
import { haversineMeters } from '#kit'
import type { Feed } from '../feed.ts'

/**
 * What a GTFS-Realtime feed does wrong, beside the schedule that it is about; empty when it is valid.
 * Rules and their codes: github.com/CUTR-at-USF/gtfs-realtime-validator, RULES.md.
 */
export function faultsOf(feed: FeedMessage, schedule: Feed, nowMs: number): string[] {
  const { header, entity } = feed
  const faults: string[] = []
  const check = (good: boolean, fault: string) => void (good || faults.push(fault))
  const headerSeconds = Number(header?.timestamp ?? 0n)
  check(header?.gtfsRealtimeVersion === '2.0', 'E038 version')
  check(header?.incrementality === FeedHeader_Incrementality.FULL_DATASET, 'E049 incrementality')
  check(headerSeconds > 1_000_000_000 && headerSeconds < 10_000_000_000, 'E001/E048 header timestamp')
  check(headerSeconds * 1_000 <= nowMs, 'E050 header in the future')
  check(nowMs - headerSeconds * 1_000 < 65_000, 'W008 header is old')
  check(new Set(entity.map(({ id }) => id)).size === entity.length, 'entity ids repeat')
  const vehicleIds = entity.flatMap(({ vehicle }) => vehicle?.vehicle?.id ?? [])
  check(new Set(vehicleIds).size === vehicleIds.length, 'E052 vehicle ids repeat')
  for (const one of entity) {
    check(!one.isDeleted, 'E039 is_deleted in a full dataset')
    const stamp = Number(one.vehicle?.timestamp ?? one.tripUpdate?.timestamp ?? headerSeconds)
    check(stamp <= headerSeconds && stamp > 1_000_000_000, `E012 timestamp of ${one.id}`)
    const trips = [
      one.vehicle?.trip,
      one.tripUpdate?.trip,
      ...(one.alert?.informedEntity ?? []).map(({ trip }) => trip),
    ]
    for (const trip of trips) if (trip) faults.push(...tripFaults(trip, schedule))
    if (one.vehicle) faults.push(...vehicleFaults(one.vehicle, schedule))
    if (one.tripUpdate) faults.push(...updateFaults(one.tripUpdate, schedule))
    if (one.alert) {
      check(one.alert.informedEntity.length > 0, 'E032 no informed entity')
      check(
        one.alert.informedEntity.every(
          ({ trip, routeId, stopId, agencyId }) => trip ?? (routeId || stopId || agencyId),
        ),
        'E033 no specifier',
      )
    }
  }
  return faults
}

function tripFaults(trip: TripDescriptor, { trips, routes, windows, calls }: Feed): string[] {
  const known = trips.get(trip.tripId)
  if (!known) return [`E003 trip ${trip.tripId}`]
  const faults: string[] = []
  if (!routes.has(trip.routeId) || known.routeId !== trip.routeId) faults.push(`E004 route ${trip.routeId}`)
  if (!/^\d{2,3}:[0-5]\d:[0-5]\d$/.test(trip.startTime)) faults.push(`E020 start_time ${trip.startTime}`)
  if (!/^20\d\d[01]\d[0-3]\d$/.test(trip.startDate)) faults.push(`E021 start_date ${trip.startDate}`)
  const [h = 0, m = 0, s = 0] = trip.startTime.split(':').map(Number)
  const start = h * 3_600 + m * 60 + s
  const own = windows.get(trip.tripId) ?? []
  const first = calls.get(trip.tripId)?.[0]?.departureSeconds
  if (own.length === 0 && start !== first) faults.push(`E023 start_time is not ${first}`)
  if (
    own.length > 0 &&
    !own.some((one) => start >= one.startSeconds && (start - one.startSeconds) % one.headwaySeconds === 0)
  ) {
    faults.push(`E019 start_time ${trip.startTime} is no departure of its window`)
  }
  return faults
}

function vehicleFaults({ position, trip, vehicle, stopId, timestamp }: VehiclePosition, schedule: Feed): string[] {
  const faults: string[] = []
  const check = (good: boolean, fault: string) => void (good || faults.push(fault))
  check(timestamp > 0n, 'W001 no timestamp')
  check((vehicle?.id ?? '') !== '', 'W002 no vehicle id')
  if (!position) return [...faults, 'E026 no position']
  const place = { latitudeDegrees: position.latitude, longitudeDegrees: position.longitude }
  const isPlace = Math.abs(position.latitude) <= 90 && Math.abs(position.longitude) <= 180
  check(isPlace && (position.latitude !== 0 || position.longitude !== 0), 'E026 position')
  check(position.bearing >= 0 && position.bearing <= 360, 'E027 bearing')
  check(position.speed >= 0 && position.speed < 50, 'W004 speed')
  const shapeId = schedule.trips.get(trip?.tripId ?? '')?.shapeId ?? ''
  const points = schedule.shapes.get(shapeId) ?? []
  const near = points.some((point) => haversineMeters(point, place) < 2_000)
  check(points.length === 0 || near, 'E029 far from the shape')
  check(stopId === '' || schedule.stops.has(stopId), `E011 stop ${stopId}`)
  if (trip) check(trip.scheduleRelationship !== undefined, 'W009 no relationship')
  return faults
}

function updateFaults({ trip, vehicle, stopTimeUpdate, timestamp }: TripUpdate, schedule: Feed): string[] {
  const faults: string[] = []
  const check = (good: boolean, fault: string) => void (good || faults.push(fault))
  const isCancelled = trip?.scheduleRelationship === TripDescriptor_ScheduleRelationship.CANCELED
  check(isCancelled || stopTimeUpdate.length > 0, 'E041 no stop_time_updates')
  check(isCancelled || timestamp > 0n, 'W001 no timestamp')
  check(isCancelled || (vehicle?.id ?? '') !== '', 'W002 no vehicle id')
  const calls = schedule.calls.get(trip?.tripId ?? '') ?? []
  let [sequence, time] = [-1, 0n]
  for (const update of stopTimeUpdate) {
    check(update.stopSequence > sequence, 'E002/E036 stop_sequence does not rise')
    sequence = update.stopSequence
    const call = calls.find((one) => one.sequence === sequence)
    check(call?.stopId === update.stopId, `E011/E045 stop ${update.stopId} at ${sequence}`)
    const { arrival, departure } = update
    check((arrival ?? departure) !== undefined, 'E043 neither arrival nor departure')
    check(!arrival || arrival.time >= time, 'E022 arrivals fall')
    check(!arrival || !departure || departure.time >= arrival.time, 'E025 departure before arrival')
    check(
      [arrival, departure].every((one) => !one || one.time > 0n),
      'E044 neither time nor delay',
    )
    time = departure?.time ?? arrival?.time ?? time
  }
  return faults
}
