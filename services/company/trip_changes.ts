import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { DriverUnassignedSchema, TripCancelledSchema, TripStatusChangedSchema } from '#gen/tms/company/v1/events_pb.ts'
import { TripState } from '#gen/tms/company/v1/trip_pb.ts'
import type { Tx } from '#kit'
import type { Ctx } from './context.ts'
import { isEditable, mayGo, type TripStateName } from './domain/trip_state.ts'
import { refuse } from './errors.ts'
import { type AssignmentRow, releaseDriver } from './store/drivers.ts'
import { type TripRow, updateTrip } from './store/trips.ts'

/** Why a trip does not run, and which others were cancelled in the same step. */
export type CalledOff = { readonly reason: string; readonly together: readonly string[] }

/**
 * Takes a trip from its state to another and tells the others. A trip that is there already stays as it is.
 *
 * @throws {ConnectError} FAILED_PRECONDITION / TRIP_TRANSITION_ILLEGAL
 */
export async function moveTrip(
  ctx: Ctx,
  tx: Tx,
  trip: TripRow,
  to: TripStateName,
  calledOff: CalledOff = { reason: trip.cancelReason, together: [] },
): Promise<TripRow> {
  if (trip.state === to) return trip
  if (!mayGo(trip.state, to)) {
    const metadata = { old_state: trip.state, new_state: to }
    throw refuse('TRIP_TRANSITION_ILLEGAL', `a trip does not go from ${trip.state} to ${to}`, metadata)
  }
  const now = ctx.clock.now()
  const moved = await updateTrip(tx, trip, { state: to, cancelReason: calledOff.reason }, now)
  const { tenantId, tripId, revision } = moved
  const states = { oldState: TripState[trip.state], newState: TripState[to] }
  const changeTime = timestampFromDate(now)
  await tx.publish(TripStatusChangedSchema, tripId, { tenantId, tripId, revision, ...states, changeTime })
  if (to === 'CANCELLED') await callOff(tx, moved, calledOff, now)
  ctx.happened('trip_state_changed', { trip_id: tripId, state: to })
  return moved
}

async function callOff(tx: Tx, moved: TripRow, { reason, together }: CalledOff, now: Date): Promise<void> {
  const { tenantId, tripId, revision } = moved
  const togetherTripIds = together.filter((other) => other !== tripId)
  await tx.publish(TripCancelledSchema, tripId, { tenantId, tripId, revision, reason, togetherTripIds })
  const released = await releaseDriver(tx, tenantId, tripId, now)
  if (released) await publishUnassigned(tx, released)
}

/** Tells that a driver is off a trip. */
export async function publishUnassigned(tx: Tx, { tenantId, tripId, driverUserId, assignmentId }: AssignmentRow) {
  await tx.publish(DriverUnassignedSchema, tripId, { tenantId, tripId, driverUserId, assignmentId })
}

/** Refuses to edit a trip that has departed, arrived or been cancelled. */
export function requireEditable({ tripId, state }: TripRow): void {
  if (isEditable(state)) return
  throw refuse('TRIP_NOT_EDITABLE', `the trip is ${state.toLowerCase()} and is not edited any more`, {
    trip_id: tripId,
    state,
  })
}
