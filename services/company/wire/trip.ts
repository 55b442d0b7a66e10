import { create, type MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { TripScheduledSchema } from '#gen/tms/company/v1/events_pb.ts'
import { SeatClass, type SeatLayout, SeatLayoutSchema } from '#gen/tms/company/v1/layout_pb.ts'
import { type LatLng, LatLngSchema } from '#gen/tms/company/v1/stop_pb.ts'
import {
  type DriverAssignmentSchema,
  type StopCallSchema,
  type TripFare,
  TripFareSchema,
  type TripSchema,
  TripState,
} from '#gen/tms/company/v1/trip_pb.ts'
import { moneyToProto } from '#kit'
import type { PartFare } from '../domain/fares.ts'
import type { AssignmentRow } from '../store/drivers.ts'
import type { StopRow } from '../store/stops.ts'
import type { TripFacts } from '../store/trip_facts.ts'
import type { TripRow } from '../store/trips.ts'
import { layoutToProto } from './fleet.ts'

type TripScheduledInit = MessageInitShape<typeof TripScheduledSchema> & { readonly tenantId: string }

/** A trip on the wire, calls included. */
export function tripToProto(trip: TripRow, facts: TripFacts): MessageInitShape<typeof TripSchema> {
  const { tripId, tenantId, routeId, headsign, scheduleId, serviceDate, timeZone, revision, cancelReason } = trip
  return {
    tripId,
    tenantId,
    companyName: facts.company.name,
    companySlug: facts.company.slug,
    routeId,
    routeName: facts.routeNames.get(routeId) ?? '',
    headsign,
    scheduleId,
    patternId: trip.patternId,
    serviceDate,
    timeZone,
    currency: facts.company.currency,
    state: TripState[trip.state],
    busId: trip.busId ?? '',
    busPlate: (trip.busId && facts.plates.get(trip.busId)) ?? '',
    revision,
    calls: callsToProto(trip, facts),
    departureTime: timestampFromDate(trip.departureTime),
    arrivalTime: timestampFromDate(trip.arrivalTime),
    cancelReason,
    delayMinutes: trip.delayMinutes,
    delayReason: trip.delayReason,
  }
}

function callsToProto(trip: TripRow, facts: TripFacts): MessageInitShape<typeof StopCallSchema>[] {
  const { stops } = facts.patterns.get(trip.patternId)!
  const { calls } = facts.profiles.get(trip.profileId)!
  const leaves = trip.startSeconds + trip.shiftSeconds
  return stops.map(({ stopId, distanceMeters }, sequence) => {
    const stop = facts.stops.get(stopId)!
    const call = calls[sequence]!
    return {
      sequence,
      stopId,
      stopName: stop.name,
      town: stop.town,
      location: locationOf(stop),
      arrivalSeconds: leaves + call.arrivalSeconds,
      departureSeconds: leaves + call.departureSeconds,
      pickupAllowed: !call.pickupRefused,
      dropOffAllowed: !call.dropOffRefused,
      distanceMeters,
      otherNames: stop.otherNames,
    }
  })
}

const locations = new WeakMap<StopRow, LatLng>()

/** Made once for each stop that was read: a city's day calls at its stops a million times. */
function locationOf(stop: StopRow): LatLng {
  const known = locations.get(stop)
  if (known) return known
  const { latitudeDegrees, longitudeDegrees } = stop
  const made = create(LatLngSchema, { latitudeDegrees, longitudeDegrees })
  locations.set(stop, made)
  return made
}

/** Fares of a trip on the wire. */
export function tripFaresToProto(fares: readonly PartFare[]): TripFare[] {
  return fares.map(({ fromSequence, toSequence, seatClass, price }) =>
    create(TripFareSchema, {
      fromSequence,
      toSequence,
      seatClass: SeatClass[seatClass],
      price: moneyToProto(price),
    }),
  )
}

/** What is told of some trips. Layouts and fares are made once and shared by all trips that have them. */
export function tripsScheduled(trips: readonly TripRow[], facts: TripFacts): TripScheduledInit[] {
  const layouts = new Map<string, SeatLayout>()
  for (const [id, layout] of facts.layouts) layouts.set(id, create(SeatLayoutSchema, layoutToProto(layout)))
  const fares = new Map<readonly PartFare[], TripFare[]>()
  return trips.map((trip) => {
    const parts = facts.faresOf(trip)
    if (!fares.has(parts)) fares.set(parts, tripFaresToProto(parts))
    return {
      tenantId: trip.tenantId,
      trip: tripToProto(trip, facts),
      layout: trip.layoutId === null ? undefined : layouts.get(trip.layoutId),
      fares: fares.get(parts)!,
    }
  })
}

/** A driver's assignment on the wire. */
export function assignmentToProto(row: AssignmentRow): MessageInitShape<typeof DriverAssignmentSchema> {
  const { assignmentId, tenantId, tripId, driverUserId, assignTime, releaseTime } = row
  return {
    assignmentId,
    tenantId,
    tripId,
    driverUserId,
    assignTime: timestampFromDate(assignTime),
    releaseTime: releaseTime ? timestampFromDate(releaseTime) : undefined,
  }
}
