import { derivedUuid, isUuid } from '#kit'
import type { FeedVehicle } from './vehicle.ts'

/** A run of a schedule, as far as a feed can name it. */
export type ScheduledTrip = {
  readonly tripId: string
  readonly scheduleId: string
  /** E.g. `2026-11-20`. */
  readonly serviceDate: string
  /** Departure from the first stop, in seconds since the service day began. */
  readonly startSeconds: number
  readonly departureMs: number
  readonly arrivalMs: number
  readonly busId: string | undefined
  readonly busPlate: string
}

/** A bus by its plate. */
export type PlatedBus = { readonly busId: string; readonly busPlate: string }

/** The bus that a vehicle of a feed is, and what it runs. */
export type MatchedBus = PlatedBus & { readonly tripId: string | undefined }

/**
 * The schedules that a feed's trip may be: by the ids that we export, and by those of the feed that was imported, from which
 * company works out its own (`company/v1/network.proto`).
 */
export function scheduleIdsOf(tenantId: string, feedTripId: string): string[] {
  if (feedTripId === '') return []
  const imported = derivedUuid(tenantId, `schedules\n${feedTripId}`)
  return isUuid(feedTripId) ? [feedTripId.toLowerCase(), imported] : [imported]
}

/** Plates are written in many ways: `RAC 123 A`, `rac-123a`. */
export const plateKey = (plate: string): string => plate.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')

/** What a feed may name: trips by their schedules, and buses by {@link plateKey}. */
export type Known = {
  readonly trips: ReadonlyMap<string, readonly ScheduledTrip[]>
  readonly buses: ReadonlyMap<string, PlatedBus>
}

/** The bus that a vehicle is: by its plate, else by the trip it runs; undefined when it is none of the company's. */
export function matchOf(tenantId: string, vehicle: FeedVehicle, { trips, buses }: Known): MatchedBus | undefined {
  const candidates = scheduleIdsOf(tenantId, vehicle.tripId).flatMap((id) => trips.get(id) ?? [])
  const trip = runOf(vehicle, candidates)
  const keys = vehicle.names.map(plateKey).filter((key) => key !== '')
  const plated = keys.map((key) => buses.get(key)).find((bus) => bus !== undefined)
  if (plated) return { ...plated, tripId: trip?.tripId }
  return trip?.busId === undefined ? undefined : { busId: trip.busId, busPlate: trip.busPlate, tripId: trip.tripId }
}

/** So long before its departure and after its arrival a trip may still be what a vehicle is at. */
const AROUND_MS = 3 * 3_600_000

/** The run of a schedule that is on the road: of the day and hour that the feed says, else the nearest. */
function runOf(vehicle: FeedVehicle, candidates: readonly ScheduledTrip[]): ScheduledTrip | undefined {
  const atMs = vehicle.seconds * 1_000
  const start = secondsOf(vehicle.startTime)
  const fitting = candidates
    .filter(({ serviceDate }) => vehicle.startDate === '' || serviceDate.replaceAll('-', '') === vehicle.startDate)
    // A schedule with one departure a day has it whatever the feed calls it.
    .filter(({ startSeconds }, _, all) => start === undefined || all.length === 1 || startSeconds === start)
    .map((trip) => ({ trip, offMs: Math.max(0, trip.departureMs - atMs, atMs - trip.arrivalMs) }))
    .filter(({ offMs }) => offMs <= AROUND_MS)
  return fitting.reduce<(typeof fitting)[0] | undefined>((a, b) => (a && a.offMs <= b.offMs ? a : b), undefined)?.trip
}

/** `9:05:00` as seconds; undefined for what is no time. */
function secondsOf(text: string): number | undefined {
  const [, h, m, s] = /^(\d{1,2}):(\d\d):(\d\d)$/.exec(text) ?? []
  return h === undefined ? undefined : Number(h) * 3_600 + Number(m) * 60 + Number(s)
}
