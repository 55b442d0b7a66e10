import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { money, moneyToProto } from '#kit'
import type { ClassOfferSchema, TripOfferSchema, TripPointSchema } from '#gen/tms/ticketing/v1/trip_offer_pb.ts'
import { classOffers, type OfferedRide, type OfferPoint } from '../domain/offer.ts'
import type { Call, SeatClass } from '../domain/ride.ts'
import { classToProto } from './classes.ts'

/** A call where passengers get on: its time is the departure. */
export function originToProto(call: Call): MessageInitShape<typeof TripPointSchema> {
  return { ...placeOf(call), time: timestampFromDate(call.departureTime), timeSeconds: call.departureSeconds }
}

/** A call where passengers get off: its time is the arrival. */
export function destinationToProto(call: Call): MessageInitShape<typeof TripPointSchema> {
  return { ...placeOf(call), time: timestampFromDate(call.arrivalTime), timeSeconds: call.arrivalSeconds }
}

function placeOf(at: Call | OfferPoint) {
  const { sequence, stopId, stopName, town, latitudeDegrees, longitudeDegrees } = at
  return { sequence, stopId, stopName, town, location: { latitudeDegrees, longitudeDegrees } }
}

/** A ride on offer, with the seats that are left. */
export function offerToProto(ride: OfferedRide): MessageInitShape<typeof TripOfferSchema> {
  return {
    tripId: ride.tripId,
    tenantId: ride.tenantId,
    companyName: ride.companyName,
    routeName: ride.routeName,
    headsign: ride.headsign,
    serviceDate: ride.serviceDate,
    timeZone: ride.timeZone,
    origin: pointToProto(ride.origin),
    destination: pointToProto(ride.destination),
    durationSeconds: (ride.destination.time.getTime() - ride.origin.time.getTime()) / 1000,
    classes: classOffers(ride).map((offer) => classOfferToProto(offer, ride.currency)),
    delayMinutes: ride.delayMinutes,
    delayReason: ride.delayReason,
  }
}

function pointToProto(point: OfferPoint): MessageInitShape<typeof TripPointSchema> {
  return { ...placeOf(point), time: timestampFromDate(point.time), timeSeconds: point.timeSeconds }
}

/** What a class has left; without a fare the price is not there at all. */
export function classOfferToProto(
  offer: { seatClass: SeatClass; free: number; price: bigint | undefined },
  currency: string,
): MessageInitShape<typeof ClassOfferSchema> {
  const price = offer.price === undefined ? undefined : moneyToProto(money(currency, offer.price))
  return { seatClass: classToProto(offer.seatClass), freeSeats: offer.free, price }
}
