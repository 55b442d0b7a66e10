import { serviceInstant } from '#kit'
import type { TripStateName } from './trip_state.ts'

/** What is done to many trips at once. */
export type TripEdit =
  | { readonly kind: 'SHIFT'; readonly minutes: number }
  | { readonly kind: 'CHANGE_BUS'; readonly busId: string | null; readonly layoutId: string | null }
  | { readonly kind: 'CANCEL'; readonly reason: string }

/** What of a trip an edit looks at. */
export type Editable = {
  readonly serviceDate: string
  readonly startSeconds: number
  readonly shiftSeconds: number
  readonly timeZone: string
  readonly departureTime: Date
  readonly arrivalTime: Date
  readonly busId: string | null
  readonly layoutId: string | null
  readonly state: TripStateName
  readonly cancelReason: string
}

/** A trip as it would be after an edit; undefined when it is like that already. */
export function edited<T extends Editable>(trip: T, edit: TripEdit): T | undefined {
  switch (edit.kind) {
    case 'SHIFT':
      return shifted(trip, edit.minutes)
    case 'CHANGE_BUS':
      if (trip.busId === edit.busId) return undefined
      // A trip that loses its bus goes on selling the seats it has.
      return { ...trip, busId: edit.busId, layoutId: trip.layoutId ?? edit.layoutId }
    case 'CANCEL':
      return trip.state === 'CANCELLED' ? undefined : { ...trip, state: 'CANCELLED', cancelReason: edit.reason }
  }
}

/** Longest time from the beginning of a service day to a departure on it. */
const DAY_END_SECONDS = 259_200

/** Whether a trip still leaves on its service day. */
export function leavesOnItsDay({ startSeconds, shiftSeconds }: Editable): boolean {
  const leaves = startSeconds + shiftSeconds
  return leaves >= 0 && leaves < DAY_END_SECONDS
}

/** By the clock of the service day, so that a trip over a change of the clocks keeps the times that are printed. */
function shifted<T extends Editable>(trip: T, minutes: number): T {
  const { serviceDate, timeZone, startSeconds } = trip
  const shiftSeconds = trip.shiftSeconds + minutes * 60
  const departureTime = serviceInstant(serviceDate, startSeconds + shiftSeconds, timeZone)
  const running = trip.arrivalTime.getTime() - trip.departureTime.getTime()
  return { ...trip, shiftSeconds, departureTime, arrivalTime: new Date(departureTime.getTime() + running) }
}
