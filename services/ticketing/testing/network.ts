import { type MessageInitShape } from '@bufbuild/protobuf'
import { newUuidV7 } from '#kit'
import type { Suite } from '#kit/testing'
import { TripScheduledSchema } from '#gen/tms/company/v1/events_pb.ts'
import { SeatClass } from '#gen/tms/company/v1/layout_pb.ts'
import { TripState } from '#gen/tms/company/v1/trip_pb.ts'

type ScheduledInit = MessageInitShape<typeof TripScheduledSchema>
type TripInit = NonNullable<ScheduledInit['trip']>
type CallInit = NonNullable<TripInit['calls']>[number]
type FareInit = NonNullable<ScheduledInit['fares']>[number]
type SeatInit = NonNullable<NonNullable<ScheduledInit['layout']>['seats']>[number]

/** A fresh id; tests choose their own as clients do. */
export const newId = () => newUuidV7(Date.now())

/** A company, and the stops of its road from Kigali to Huye. */
export function newCompany() {
  return {
    tenantId: newId(),
    name: 'Ikivu Coaches',
    stops: [
      { stopId: newId(), name: 'Nyabugogo', town: 'Kigali', names: [], latitude: -1.9397, longitude: 30.0445 },
      { stopId: newId(), name: 'Muhanga', town: 'Muhanga', names: ['Gitarama'], latitude: -2.0845, longitude: 29.756 },
      { stopId: newId(), name: "Nyanza Ng'ombe", town: 'Nyanza', names: [], latitude: -2.3519, longitude: 29.7509 },
      {
        stopId: newId(),
        name: 'Huye Bus Park',
        town: 'Huye',
        names: ['Butare'],
        latitude: -2.5967,
        longitude: 29.7394,
      },
    ],
  }
}

/** A company as {@link newCompany} makes it. */
export type Company = ReturnType<typeof newCompany>

const HOUR = 3_600

/** How a trip differs from the usual one: at ten in the morning of 20 November, 4 VIP and 41 standard seats, all fares set. */
export type TripOptions = {
  readonly tripId?: string
  readonly serviceDate?: string
  /** Seconds of the service day; may pass 86400. */
  readonly leaves?: number
  readonly revision?: bigint
  readonly state?: TripState
  readonly seats?: readonly SeatInit[]
  readonly fares?: readonly FareInit[]
  readonly busPlate?: string
}

/** A trip as company tells it. */
export function tripOf(company: Company, options: TripOptions = {}): ScheduledInit & { trip: TripInit } {
  const { serviceDate = '2026-11-20', leaves = 10 * HOUR, revision = 1n } = options
  const calls = callsOf(company, leaves)
  const { tenantId } = company
  return {
    tenantId,
    trip: {
      tripId: options.tripId ?? newId(),
      tenantId,
      companyName: company.name,
      companySlug: 'ikivu',
      routeId: newId(),
      routeName: 'Kigali - Huye',
      headsign: 'Huye',
      scheduleId: newId(),
      serviceDate,
      timeZone: 'Africa/Kigali',
      currency: 'RWF',
      state: options.state ?? TripState.SCHEDULED,
      busPlate: options.busPlate ?? 'RAC123A',
      revision,
      calls,
    },
    layout: { layoutId: newId(), tenantId, name: 'Coach 45', seats: [...(options.seats ?? coachSeats())] },
    fares: [...(options.fares ?? allFares(calls.length))],
  }
}

function callsOf({ stops }: Company, leaves: number): CallInit[] {
  return stops.map((stop, sequence) => ({
    sequence,
    stopId: stop.stopId,
    stopName: stop.name,
    town: stop.town,
    otherNames: stop.names,
    location: { latitudeDegrees: stop.latitude, longitudeDegrees: stop.longitude },
    arrivalSeconds: leaves + sequence * HOUR,
    departureSeconds: leaves + sequence * HOUR,
    pickupAllowed: sequence < stops.length - 1,
    dropOffAllowed: sequence > 0,
  }))
}

/** Row 1 is VIP; then ten rows of four; seat 12A stands alone at the back: 45 in all. */
export function coachSeats() {
  const rows = Array.from({ length: 11 }, (_, row) => row)
  const seats = rows.flatMap((row) =>
    ['A', 'B', 'C', 'D'].map((letter, place) => ({
      label: `${row + 1}${letter}`,
      seatClass: row === 0 ? SeatClass.VIP : SeatClass.STANDARD,
      deck: 0,
      row,
      column: place < 2 ? place : place + 1,
    })),
  )
  return [...seats, { label: '12A', seatClass: SeatClass.STANDARD, deck: 0, row: 11, column: 0 }]
}

/** RWF 1,000 a leg, VIP RWF 1,500. */
export function allFares(calls: number) {
  const pairs = Array.from({ length: calls }, (_, from) => from).flatMap((from) =>
    Array.from({ length: calls - from - 1 }, (_, i) => ({ fromSequence: from, toSequence: from + 1 + i })),
  )
  return pairs.flatMap((pair) => {
    const legs = BigInt(pair.toSequence - pair.fromSequence)
    return [
      { ...pair, seatClass: SeatClass.STANDARD, price: { currencyCode: 'RWF', units: 1_000n * legs } },
      { ...pair, seatClass: SeatClass.VIP, price: { currencyCode: 'RWF', units: 1_500n * legs } },
    ]
  })
}

/** Tells the suite of trips, as the company service does, and waits until ticketing sells them. Answers their ids. */
export async function putOnSale(suite: Suite, ...trips: (ScheduledInit & { trip: TripInit })[]): Promise<string[]> {
  const ids = trips.map(({ trip }) => trip.tripId ?? '')
  await Promise.all(trips.map((scheduled, i) => suite.publish(TripScheduledSchema, ids[i]!, scheduled)))
  await suite.settle()
  return ids
}
