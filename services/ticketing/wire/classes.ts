import { SeatClass as WireClass } from '#gen/tms/company/v1/layout_pb.ts'
import { TripState as WireState } from '#gen/tms/company/v1/trip_pb.ts'
import type { SeatClass, TripState } from '../domain/ride.ts'

/** A class as messages name it. */
export function classToProto(seatClass: SeatClass): WireClass {
  return WireClass[seatClass]
}

/** A class from a message; undefined when it states none. */
export function classFromProto(wire: WireClass): SeatClass | undefined {
  if (wire === WireClass.STANDARD) return 'STANDARD'
  return wire === WireClass.VIP ? 'VIP' : undefined
}

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
