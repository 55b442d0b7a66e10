import { create, fromBinary, isFieldSet } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { VehicleFeedFault, type VehicleFeed, VehicleFeedSchema } from '#gen/tms/tracking/v1/vehicle_feed_pb.ts'
import {
  FeedHeader_Incrementality,
  type FeedMessage,
  FeedMessageSchema,
  PositionSchema,
  type VehiclePosition,
} from '#gen/transit_realtime/gtfs-realtime_pb.ts'
import { type FeedVehicle, UnusableFeed } from '../domain/feed/vehicle.ts'
import type { VehicleFeedRow } from '../store/vehicle_feeds.ts'

/** A feed as its company reads it; without an address when there is none. */
export function vehicleFeedToProto(row: VehicleFeedRow | undefined): VehicleFeed {
  if (!row) return create(VehicleFeedSchema)
  const { url, readTime, successTime, fault, faultDetail, counts } = row
  return create(VehicleFeedSchema, {
    url,
    fault: fault ? VehicleFeedFault[fault] : VehicleFeedFault.UNSPECIFIED,
    faultDetail,
    counts,
    ...(readTime ? { readTime: timestampFromDate(readTime) } : {}),
    ...(successTime ? { successTime: timestampFromDate(successTime) } : {}),
  })
}

/** A feed that is older says nothing of now. */
const STALE_SECONDS = 300

/**
 * The vehicles of a GTFS-Realtime feed. Source: gtfs.org/documentation/realtime/reference, version 2.0.
 *
 * @returns how many there are, and those that say where they are
 * @throws {UnusableFeed} when the bytes are no such feed, or an old one
 */
export function vehiclesOf(
  bytes: Uint8Array,
  nowMs: number,
): { readonly count: number; readonly vehicles: FeedVehicle[] } {
  const { header, entity } = messageOf(bytes)
  const seconds = Number(header?.timestamp ?? 0n)
  if (!header?.gtfsRealtimeVersion || seconds === 0) throw new UnusableFeed('UNREADABLE', 'no header with a timestamp')
  if (header.incrementality === FeedHeader_Incrementality.DIFFERENTIAL) {
    throw new UnusableFeed('UNREADABLE', 'differences, which the standard does not support')
  }
  const age = Math.round(nowMs / 1_000 - seconds)
  if (age > STALE_SECONDS) throw new UnusableFeed('STALE', `made ${age} seconds ago`)
  const all = entity.filter(({ isDeleted, vehicle }) => !isDeleted && vehicle !== undefined)
  const vehicles = all.flatMap(({ id, vehicle }) => (vehicle?.position ? [vehicleOf(id, vehicle, seconds)] : []))
  return { count: all.length, vehicles }
}

function messageOf(bytes: Uint8Array): FeedMessage {
  try {
    return fromBinary(FeedMessageSchema, bytes)
  } catch (err) {
    throw new UnusableFeed('UNREADABLE', err instanceof Error ? err.message : 'no protobuf')
  }
}

function vehicleOf(
  entityId: string,
  { vehicle, trip, position, timestamp }: VehiclePosition,
  headerSeconds: number,
): FeedVehicle {
  const said = (field: 'bearing' | 'speed') =>
    position && isFieldSet(position, PositionSchema.field[field]) ? position[field] : undefined
  return {
    vehicleId: vehicle?.id || entityId,
    names: [vehicle?.licensePlate ?? '', vehicle?.label ?? '', vehicle?.id ?? ''],
    tripId: trip?.tripId ?? '',
    startDate: trip?.startDate ?? '',
    startTime: trip?.startTime ?? '',
    seconds: Number(timestamp) || headerSeconds,
    latitudeDegrees: position?.latitude ?? Number.NaN,
    longitudeDegrees: position?.longitude ?? Number.NaN,
    headingDegrees: said('bearing'),
    speedMetersPerSecond: said('speed'),
  }
}
