import type { Tx } from '#kit'
import type { TripEdit as WireEdit } from '#gen/tms/company/v1/planning_pb.ts'
import { announceTrips } from '../announce.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { lockPlans, lockTrips, moveAssignment, tripsById } from '../store/planning.ts'
import { type TripRow, updateTrip } from '../store/trips.ts'
import { moveTrip } from '../trip_changes.ts'
import { type Change, type EditPlan, planEdit } from './plan_edit.ts'

/** Which trips are edited how, as it was previewed. */
export type Wanted = { readonly tripIds: readonly string[]; readonly edit: WireEdit; readonly digest: string }

/**
 * Carries an edit out, all of it or nothing, exactly as it was previewed.
 *
 * @throws {ConnectError} TRIP_UNKNOWN, BUS_UNKNOWN, PLAN_CHANGED, PLAN_COLLIDES
 */
export async function applyEdit(ctx: Ctx, tx: Tx, tenantId: string, wanted: Wanted): Promise<EditPlan> {
  await lockAll(tx, tenantId, wanted)
  const plan = await planEdit(ctx, tx, tenantId, wanted.tripIds, wanted.edit)
  requireAsShown(plan, wanted.digest)
  if (wanted.edit.edit.case === 'cancel') await cancelAll(ctx, tx, plan.changes)
  else await writeAll(ctx, tx, tenantId, plan.changes)
  return plan
}

/** Whoever plans the same trips, buses or drivers waits: what was found free stays free until it is taken. */
async function lockAll(tx: Tx, tenantId: string, { tripIds, edit: { edit } }: Wanted): Promise<void> {
  await lockTrips(tx, tenantId, tripIds)
  const trips = await tripsById(tx, tenantId, tripIds)
  const ofTrips = trips.flatMap(({ trip }) => trip.busId ?? [])
  const busIds = edit.case === 'changeBus' && edit.value.busId !== '' ? [...ofTrips, edit.value.busId] : ofTrips
  await lockPlans(tx, tenantId, { busIds, driverUserIds: trips.flatMap(({ driverUserId }) => driverUserId ?? []) })
}

function requireAsShown({ digest, collisions }: EditPlan, shown: string): void {
  if (digest !== shown) throw refuse('PLAN_CHANGED', 'the plan is another than the one that was shown')
  if (collisions.length === 0) return
  const tripIds = new Set(collisions.flatMap(({ trips }) => trips.map(({ tripId }) => tripId ?? '')))
  throw refuse('PLAN_COLLIDES', 'these changes cannot be made together', {
    collisions: String(collisions.length),
    trip_ids: [...tripIds].slice(0, 20).join(','),
  })
}

async function cancelAll(ctx: Ctx, tx: Tx, changes: readonly Change[]): Promise<void> {
  const together = changes.map(({ after }) => after.tripId)
  for (const { before, after } of changes) {
    await moveTrip(ctx, tx, before.trip, 'CANCELLED', { reason: after.cancelReason, together })
  }
}

/** Trips that leave later are written from the last one on, so that none meets the one that is still to move. */
async function writeAll(ctx: Ctx, tx: Tx, tenantId: string, changes: readonly Change[]): Promise<void> {
  const later = changes.some(({ before, after }) => after.departureTime > before.trip.departureTime)
  const written: TripRow[] = []
  for (const { before, after } of later ? changes.toReversed() : changes) {
    const { busId, layoutId, shiftSeconds, departureTime, arrivalTime, turnEndTime } = after
    const change = { busId, layoutId, shiftSeconds, departureTime, arrivalTime, turnEndTime }
    const row = await updateTrip(tx, before.trip, change, ctx.clock.now())
    if (departureTime.getTime() !== before.trip.departureTime.getTime()) await moveAssignment(tx, row)
    written.push(row)
  }
  await announceTrips(tx, tenantId, written)
}
