import { moneyFromProto, serviceInstant } from '#kit'
import type { TripScheduled } from '#gen/tms/company/v1/events_pb.ts'
import type { Seat as WireSeat, SeatLayout } from '#gen/tms/company/v1/layout_pb.ts'
import type { StopCall, Trip, TripFare } from '#gen/tms/company/v1/trip_pb.ts'
import { foldName, nameKeys } from '../domain/fold.ts'
import type { Seat } from '../domain/ride.ts'
import type { CopiedCall, CopiedFare, TripSnapshot } from '../store/trip_copy.ts'
import { classFromProto, tripStateFromProto } from './classes.ts'

/**
 * A trip as its company tells it.
 *
 * @throws {RangeError} when it holds a time, a zone or an amount that cannot be: then it is told, not guessed
 */
export function snapshotOf(event: TripScheduled, trip: Trip): TripSnapshot {
  const calls = trip.calls.map((call) => callOf(call, trip))
  const [first, last] = [calls[0], calls.at(-1)]
  const state = tripStateFromProto(trip.state)
  if (!first || !last || !state) throw new RangeError(`trip ${trip.tripId} has no calls or no state`)
  return {
    tripId: trip.tripId,
    tenantId: event.tenantId,
    companyName: trip.companyName,
    routeName: trip.routeName,
    headsign: trip.headsign,
    serviceDate: trip.serviceDate,
    timeZone: trip.timeZone,
    currency: trip.currency,
    busPlate: trip.busPlate,
    revision: trip.revision,
    state,
    departureTime: first.departureTime,
    arrivalTime: last.arrivalTime,
    calls,
    seats: seatsOf(event.layout),
    fares: event.fares.flatMap(fareOf),
  }
}

/** The seats of a layout that can be sold here; none when there is no layout. */
export function seatsOf(layout: SeatLayout | undefined): Seat[] {
  return (layout?.seats ?? []).flatMap(seatOf)
}

function callOf(call: StopCall, trip: Trip): CopiedCall {
  const at = (seconds: number) => serviceInstant(trip.serviceDate, seconds, trip.timeZone)
  return {
    sequence: call.sequence,
    stopId: call.stopId,
    stopName: call.stopName,
    town: call.town,
    townKey: foldName(call.town),
    nameKeys: nameKeys([call.stopName, call.town, ...call.otherNames]),
    latitudeDegrees: call.location?.latitudeDegrees ?? 0,
    longitudeDegrees: call.location?.longitudeDegrees ?? 0,
    arrivalSeconds: call.arrivalSeconds,
    departureSeconds: call.departureSeconds,
    arrivalTime: at(call.arrivalSeconds),
    departureTime: at(call.departureSeconds),
    pickupAllowed: call.pickupAllowed,
    dropOffAllowed: call.dropOffAllowed,
  }
}

/** A seat of a class that is not known here cannot be sold by us. */
function seatOf({ label, seatClass, deck, row, column }: WireSeat): Seat[] {
  const known = classFromProto(seatClass)
  return known ? [{ label, seatClass: known, deck, row, column }] : []
}

/** A fare of nothing is no fare: nobody may ride for 0 because a figure was missing. */
function fareOf({ fromSequence, toSequence, seatClass, price }: TripFare): CopiedFare[] {
  const known = classFromProto(seatClass)
  const priceMinor = price ? moneyFromProto(price).minor : 0n
  return known && priceMinor > 0n ? [{ fromSequence, toSequence, seatClass: known, priceMinor }] : []
}
