import { create } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { LatLng } from '#kit'
import {
  type Geofence,
  GeofenceSchema,
  type GeofenceShape,
  GeofenceShapeSchema,
  type GeoPoint,
} from '#gen/tms/tracking/v1/geofence_pb.ts'
import type { GeofenceSettings } from '#gen/tms/tracking/v1/supervision_service_pb.ts'
import type { Fence } from '../domain/watch/fence.ts'
import type { Shape } from '../domain/watch/shape.ts'
import type { GeofenceChange, GeofenceRow } from '../store/geofences.ts'
import { secondsToProto } from './acks.ts'

/** A geofence as its company reads it. */
export function geofenceToProto(row: GeofenceRow): Geofence {
  const { dwellSeconds, speedLimitMetersPerSecond, routeId = '' } = row
  return create(GeofenceSchema, {
    geofenceId: row.geofenceId,
    tenantId: row.tenantId,
    name: row.name,
    shape: row.shape,
    routeId,
    createTime: timestampFromDate(row.createTime),
    updateTime: timestampFromDate(row.updateTime),
    ...(dwellSeconds === undefined ? {} : { dwellDuration: secondsToProto(dwellSeconds) }),
    ...(speedLimitMetersPerSecond === undefined ? {} : { speedLimitMetersPerSecond }),
  })
}

/** What a company wants a geofence to say. */
export function changeFromProto(settings: GeofenceSettings | undefined, updateTime: Date): GeofenceChange {
  return {
    name: settings?.name ?? '',
    shape: settings?.shape ?? create(GeofenceShapeSchema),
    dwellSeconds: settings?.dwellDuration && Number(settings.dwellDuration.seconds),
    speedLimitMetersPerSecond: settings?.speedLimitMetersPerSecond,
    routeId: settings?.routeId === '' ? undefined : settings?.routeId,
    updateTime,
  }
}

/** A geofence as positions are held against it; undefined for a shape that this version does not know. */
export function fenceOf(row: GeofenceRow): Fence | undefined {
  const shape = shapeOf(row.shape)
  return (
    shape && {
      geofenceId: row.geofenceId,
      name: row.name,
      shape,
      dwellMs: row.dwellSeconds === undefined ? undefined : row.dwellSeconds * 1_000,
      speedLimitMetersPerSecond: row.speedLimitMetersPerSecond,
      routeId: row.routeId,
    }
  )
}

function shapeOf({ shape }: GeofenceShape): Shape | undefined {
  switch (shape.case) {
    case 'circle':
      return { kind: 'circle', center: placeOf(shape.value.center), radiusMeters: shape.value.radiusMeters }
    case 'polygon':
      return { kind: 'polygon', corners: shape.value.corners.map(placeOf) }
    case 'corridor':
      return { kind: 'corridor', line: shape.value.line.map(placeOf), radiusMeters: shape.value.radiusMeters }
    case undefined:
      return undefined
  }
}

function placeOf(point: GeoPoint | undefined): LatLng {
  return { latitudeDegrees: point?.latitudeDegrees ?? 0, longitudeDegrees: point?.longitudeDegrees ?? 0 }
}
