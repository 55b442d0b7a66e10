import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { newUuidV7 } from '#kit'
import type { Suite, Who } from '#kit/testing'
import { DriverAssignedSchema, TripScheduledSchema, TripStatusChangedSchema } from '#gen/tms/company/v1/events_pb.ts'
import { TripState } from '#gen/tms/company/v1/trip_pb.ts'
import type { PositionSchema } from '#gen/tms/tracking/v1/position_pb.ts'

/** A position as a phone writes it. */
export type PositionInit = MessageInitShape<typeof PositionSchema>

/** A fresh id; tests choose their own as clients do. */
export const newId = () => newUuidV7(Date.now())

/** A trip with its driver and bus, as company told it. */
export type Driven = {
  readonly tenantId: string
  readonly tripId: string
  readonly busId: string
  readonly driver: Who
  readonly dispatcher: Who
  readonly assignmentId: string
}

/** Rights of a company's staff that watch and instruct. */
export const DISPATCHER_RIGHTS = [
  'tracking.fleet.read',
  'tracking.history.read',
  'tracking.devices.manage',
  'tracking.drivers.instruct',
]

/** Tells of a trip that departs at 08:00 in Kigali, the hour at which suites begin, and of who drives it. */
export async function aDrivenTrip(suite: Suite, options: { readonly tenantId?: string; readonly busId?: string } = {}) {
  const { tenantId = newId(), busId = newId() } = options
  const [tripId, driverUserId, assignmentId] = [newId(), newId(), newId()]
  await suite.publish(TripScheduledSchema, tripId, {
    tenantId,
    trip: {
      tripId,
      tenantId,
      busId,
      busPlate: 'RAC123A',
      revision: 1n,
      state: TripState.SCHEDULED,
      serviceDate: '2026-11-20',
      timeZone: 'Africa/Kigali',
      calls: [
        { sequence: 0, departureSeconds: 8 * 3_600 },
        { sequence: 1, arrivalSeconds: 11 * 3_600 },
      ],
    },
  })
  await suite.publish(DriverAssignedSchema, tripId, { tenantId, tripId, driverUserId, assignmentId })
  await suite.settle()
  const driven: Driven = {
    tenantId,
    tripId,
    busId,
    assignmentId,
    driver: { userId: driverUserId, tenantId },
    dispatcher: { userId: newId(), tenantId, permissions: DISPATCHER_RIGHTS },
  }
  return driven
}

/** Tells that a trip's state changed. */
export async function tripBecomes(suite: Suite, trip: Driven, newState: TripState, revision: bigint): Promise<void> {
  const { tenantId, tripId } = trip
  const changeTime = timestampFromMs(suite.clock.now().getTime())
  await suite.publish(TripStatusChangedSchema, tripId, { tenantId, tripId, revision, newState, changeTime })
  await suite.settle()
}

/** On the road from Kigali to Muhanga, 15 m/s towards the west: number n is measured n seconds after the suite's hour. */
export function onTheRoad(suite: Suite, sequence: number, startMs = suite.clock.now().getTime()): PositionInit {
  return {
    sequence: BigInt(sequence),
    sampleTime: timestampFromMs(startMs + sequence * 1_000),
    latitudeDegrees: -1.95,
    longitudeDegrees: 30.05 - sequence * 0.000135,
    accuracyMeters: 5,
    speedMetersPerSecond: 15,
    headingDegrees: 270,
  }
}

/** Numbers from one to another, both included. */
export const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)
