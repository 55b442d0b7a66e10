import { useQuery } from '@connectrpc/connect-query'
import { type ArrivalPrediction, type GetTripWayResponse, TrackingService, type WayStop } from '@tms/sdk/tracking'
import { type Booking, type Town, TicketingService } from '@tms/sdk/passenger'
import { useMemo } from 'react'
import { pointsOf } from '../format/polyline.ts'
import type { Way } from '../map/style.ts'
import { useTms } from './use_tms.ts'

/** Arrivals are worked out anew every few seconds. */
const ARRIVALS_MS = 10_000

/** What is asked of the way of a booking's trip, and of the bus's arrivals on it. */
export function useTripWay({ tripId, origin, destination }: Booking) {
  const tms = useTms()
  const enabled = tms?.session.current !== undefined
  const { data } = useQuery(TrackingService.method.getTripWay, { tripId }, { enabled, staleTime: Infinity })
  const asked = useQuery(
    TrackingService.method.getTripArrivals,
    { tripId },
    { enabled, staleTime: 0, refetchInterval: ARRIVALS_MS },
  )
  const { data: around, isPending } = useQuery(TicketingService.method.listTowns, {}, { enabled, staleTime: Infinity })
  // Drawn once: the towns are waited for, and done without when they do not come.
  const way = useMemo(() => (data && !isPending ? wayOf(data, around?.towns ?? []) : undefined), [data, isPending])
  const stops = data?.stops ?? []
  const ends = [origin, destination]
  const nameOf = (stop: WayStop) =>
    stop.stopName || (ends.find((end) => end?.sequence === stop.sequence)?.stopName ?? '')
  return { way, stops, nameOf, arrivals: asked.data?.arrivals ?? [], positionTime: asked.data?.positionTime }
}

/** So near to the way lies what helps the eye; about thirty kilometres. */
const BESIDE_DEGREES = 0.3

/** What the map draws; undefined for a trip whose way nobody knows. */
export function wayOf({ stops, pathPolyline }: GetTripWayResponse, around: readonly Town[]): Way | undefined {
  const called = stops.flatMap(({ stopName, town, location }) =>
    location ? [{ ...location, name: town || stopName, town }] : [],
  )
  if (called.length < 2) return undefined
  const path = pointsOf(pathPolyline)
  const line = path.length < 2 ? called : path
  const own = new Set(called.map(({ town }) => town))
  const towns = around.flatMap(({ name, location }) => {
    const isNear = location && line.some((point) => isBeside(point, location))
    return isNear && !own.has(name) ? [{ ...location, name }] : []
  })
  return { stops: called, line, towns }
}

type Location = NonNullable<Town['location']>

function isBeside(point: Pick<Location, 'latitudeDegrees' | 'longitudeDegrees'>, place: Location): boolean {
  return (
    Math.abs(point.latitudeDegrees - place.latitudeDegrees) < BESIDE_DEGREES &&
    Math.abs(point.longitudeDegrees - place.longitudeDegrees) < BESIDE_DEGREES
  )
}

/** The prediction for a call of the trip; none when the bus is past it, or not heard of. */
export function arrivalAt(arrivals: readonly ArrivalPrediction[], sequence: number | undefined) {
  return arrivals.find((one) => one.sequence === sequence)
}
