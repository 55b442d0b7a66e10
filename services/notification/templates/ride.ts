import { create } from '@bufbuild/protobuf'
import { timestampDate, timestampFromDate, type Timestamp } from '@bufbuild/protobuf/wkt'
import { NoticeSchema, type Notice } from '#gen/tms/ticketing/v1/events_pb.ts'
import type { Say } from './say.ts'

/** What messages about a ride have in common. */

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** The values that name a ride. */
export function rideValues(
  ride: Pick<Notice, 'companyName' | 'origin' | 'destination' | 'departureTime' | 'timeZone'>,
  say: Say,
) {
  return {
    company: ride.companyName,
    origin: ride.origin,
    destination: ride.destination,
    departure: say.instant(ride.departureTime, ride.timeZone),
  }
}

/** Until the bus has left, and an hour at least: who buys at the last minute, or for a bus that is late, needs it too. */
export function untilDeparture({ departureTime }: { readonly departureTime?: Timestamp | undefined }, now: Date): Date {
  const soon = new Date(now.getTime() + hourMs)
  const departure = departureTime ? timestampDate(departureTime) : aDayLater(now)
  return departure > soon ? departure : soon
}

/** For news that keeps. */
export function aDayLater(now: Date): Date {
  return new Date(now.getTime() + dayMs)
}

/** Whom a notice goes to; the passenger is reached by phone and, when an address was given, by mail. */
export function toPassenger({ notice }: { readonly notice?: Notice | undefined }) {
  return { phone: notice?.phone ?? '', email: notice?.email ?? '', language: notice?.language ?? '' }
}

/** The values of an event that carries a notice. */
export function noticeValues({ notice }: { readonly notice?: Notice | undefined }, say: Say) {
  return rideValues(notice ?? create(NoticeSchema), say)
}

/** A ride for previews. */
export const sampleRide = {
  companyName: 'Ikivu Coaches',
  phone: '+250788000111',
  email: 'alice@example.rw',
  language: 'en',
  origin: 'Nyabugogo',
  destination: 'Huye',
  departureTime: timestampFromDate(new Date('2026-11-20T06:00:00Z')),
  timeZone: 'Africa/Kigali',
  serviceDate: '2026-11-20',
}
