import { durationMs } from '#kit'
import type { Duty } from './sample.ts'

/** Where a trip stands. */
export type TripState = 'SCHEDULED' | 'BOARDING' | 'DEPARTED' | 'ARRIVED' | 'CANCELLED'

/** What decides when the driver of a trip has its bus. */
export type DrivenTrip = {
  readonly state: TripState
  readonly stateTimeMs: number
  readonly departureTimeMs: number
}

/** A driver may take the bus over so long before the departure. */
const LEAD_MS = durationMs({ hours: 6 })
/** And brings it to its place after the arrival. */
const RETURN_MS = durationMs({ minutes: 30 })

/** When the driver of a trip has its bus; undefined when never. Who opens the boarding earlier has it from then on. */
export function dutyOf(trip: DrivenTrip): Duty | undefined {
  if (trip.state === 'CANCELLED') return undefined
  const untilMs = trip.state === 'ARRIVED' ? trip.stateTimeMs + RETURN_MS : Number.POSITIVE_INFINITY
  const isBegun = trip.state === 'BOARDING' || trip.state === 'DEPARTED'
  const leadMs = trip.departureTimeMs - LEAD_MS
  return { fromMs: isBegun ? Math.min(leadMs, trip.stateTimeMs) : leadMs, untilMs }
}

/** A device stays in its bus. */
export const ALWAYS: Duty = { fromMs: Number.NEGATIVE_INFINITY, untilMs: Number.POSITIVE_INFINITY }
