import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import type { Tx } from '#kit'
import {
  GeofenceCrossedSchema,
  GeofencePassage,
  LongStopDetectedSchema,
  SpeedingDetectedSchema,
  VehicleArrivedSchema,
  VehicleBackOnlineSchema,
  VehicleBackOnRouteSchema,
  VehicleDepartedSchema,
  VehicleOffRouteSchema,
} from '#gen/tms/tracking/v1/events_pb.ts'
import type { Sighted } from '../domain/watch/watch.ts'
import type { WatchRow } from '../store/watches.ts'
import { secondsToProto } from '../wire/acks.ts'

const PASSAGES = {
  entered: GeofencePassage.ENTERED,
  exited: GeofencePassage.EXITED,
  dwelled: GeofencePassage.DWELLED,
  crossed: GeofencePassage.CROSSED,
}

/** Publishes what was found of a bus. Events of one bus keep their order. */
export async function announce(
  tx: Tx,
  tenantId: string,
  busId: string,
  { fact, seen, tripId }: Sighted,
): Promise<void> {
  const sighting = {
    busId,
    tripId: tripId ?? '',
    sampleTime: timestampFromMs(seen.timeMs),
    latitudeDegrees: seen.latitudeDegrees,
    longitudeDegrees: seen.longitudeDegrees,
  }
  const about = { tenantId, sighting }
  switch (fact.kind) {
    case 'arrived':
    case 'departed': {
      const schema = fact.kind === 'arrived' ? VehicleArrivedSchema : VehicleDepartedSchema
      const { stopId, sequence: stopSequence } = fact.call
      return tx.publish(schema, busId, { ...about, stopId, stopSequence, isLast: fact.isLast })
    }
    case 'entered':
    case 'exited':
    case 'dwelled':
    case 'crossed': {
      const { geofenceId, name: geofenceName } = fact
      return tx.publish(GeofenceCrossedSchema, busId, {
        ...about,
        geofenceId,
        geofenceName,
        passage: PASSAGES[fact.kind],
      })
    }
    case 'speeding': {
      const { speedMetersPerSecond, limitMetersPerSecond } = fact
      return tx.publish(SpeedingDetectedSchema, busId, { ...about, speedMetersPerSecond, limitMetersPerSecond })
    }
    case 'long stop':
      return tx.publish(LongStopDetectedSchema, busId, { ...about, startTime: timestampFromMs(fact.sinceMs) })
    case 'off route':
      return tx.publish(VehicleOffRouteSchema, busId, { ...about, distanceMeters: fact.distanceMeters })
    case 'back on route':
      return tx.publish(VehicleBackOnRouteSchema, busId, about)
  }
}

/** Publishes that a bus is heard of again. */
export async function announceBack(
  tx: Tx,
  { tenantId, busId, watch }: WatchRow,
  since: Date,
  now: Date,
): Promise<void> {
  const { last, tripId = '' } = watch
  const { latitudeDegrees, longitudeDegrees } = last
  const sighting = { busId, tripId, sampleTime: timestampFromMs(last.timeMs), latitudeDegrees, longitudeDegrees }
  const silence = secondsToProto(Math.round((now.getTime() - since.getTime()) / 1_000))
  await tx.publish(VehicleBackOnlineSchema, busId, { tenantId, sighting, silence })
}
