import { TripState as WireState } from '#gen/tms/company/v1/trip_pb.ts'
import type { TripState } from '../domain/duty.ts'

const states: Readonly<Record<number, TripState>> = {
  [WireState.SCHEDULED]: 'SCHEDULED',
  [WireState.BOARDING]: 'BOARDING',
  [WireState.DEPARTED]: 'DEPARTED',
  [WireState.ARRIVED]: 'ARRIVED',
  [WireState.CANCELLED]: 'CANCELLED',
}

/** A trip's state from an event; undefined when it states none that is known here. */
export function tripStateFromProto(wire: WireState): TripState | undefined {
  return states[wire]
}
