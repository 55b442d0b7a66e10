import { createHash } from 'node:crypto'
import type { Queries } from '#kit'
import type { TripEdit as WireEdit } from '#gen/tms/company/v1/planning_pb.ts'
import type { Ctx } from '../context.ts'
import { type Collision, collisionsIn, involving, type PlanningRules } from '../domain/collisions.ts'
import { edited, leavesOnItsDay, type TripEdit } from '../domain/trip_edit.ts'
import { isEditable } from '../domain/trip_state.ts'
import { refuse } from '../errors.ts'
import { requireBus } from '../rpc/required.ts'
import type { BusRow } from '../store/buses.ts'
import { type DrivenTrip, tripsById } from '../store/planning.ts'
import type { TripRow } from '../store/trips.ts'
import { given } from '../wire/names.ts'
import { collisionsOf, plannedOf } from './collide.ts'
import { rulesOf, turnEnd } from './rules.ts'

/** What one trip is and would be. */
export type Change = { readonly before: DrivenTrip; readonly after: TripRow }

/** What would come of an edit of many trips. */
export type EditPlan = {
  /** By departure, as it is. */
  readonly changes: readonly Change[]
  readonly collisions: readonly Collision[]
  readonly digest: string
}

/**
 * Works out what an edit would change, and what keeps it from being done. Writes nothing: the preview shows this, and what is
 * applied is worked out by this as well.
 *
 * @throws {ConnectError} TRIP_UNKNOWN, BUS_UNKNOWN
 */
export async function planEdit(
  ctx: Ctx,
  tx: Queries,
  tenantId: string,
  tripIds: readonly string[],
  wire: WireEdit,
): Promise<EditPlan> {
  const rules = await rulesOf(tx, tenantId)
  const { edit, bus } = await editOf(tx, tenantId, wire)
  const trips = await requireTrips(tx, tenantId, tripIds)
  const changes = trips.flatMap((before) => changeOf(before, edit, rules)).sort(byDeparture)
  const collisions = [
    ...changes.flatMap(({ before, after }) => faultsOf(before, after, edit, bus, ctx.clock.now())),
    ...(edit.kind === 'CANCEL' ? [] : await newCollisions(tx, tenantId, changes, rules)),
  ]
  return { changes, collisions, digest: digestOf(edit, changes, collisions) }
}

async function editOf(
  tx: Queries,
  tenantId: string,
  { edit }: WireEdit,
): Promise<{ edit: TripEdit; bus: BusRow | undefined }> {
  switch (edit.case) {
    case 'shift':
      return { edit: { kind: 'SHIFT', minutes: edit.value.minutes }, bus: undefined }
    case 'cancel':
      return { edit: { kind: 'CANCEL', reason: edit.value.reason }, bus: undefined }
    case 'changeBus': {
      const busId = given(edit.value.busId)
      const bus = busId === undefined ? undefined : await requireBus(tx, tenantId, busId)
      return { edit: { kind: 'CHANGE_BUS', busId: busId ?? null, layoutId: bus?.layoutId ?? null }, bus }
    }
    case undefined:
      throw new RangeError('the contract asks for an edit')
  }
}

async function requireTrips(tx: Queries, tenantId: string, tripIds: readonly string[]): Promise<DrivenTrip[]> {
  const trips = await tripsById(tx, tenantId, tripIds)
  const found = new Set(trips.map(({ trip }) => trip.tripId))
  const missing = tripIds.find((tripId) => !found.has(tripId))
  if (missing !== undefined) throw refuse('TRIP_UNKNOWN', 'no such trip', { trip_id: missing })
  return trips
}

function changeOf(before: DrivenTrip, edit: TripEdit, rules: PlanningRules): Change[] {
  const after = edited(before.trip, edit)
  if (!after) return []
  return [{ before, after: { ...after, turnEndTime: turnEnd(after.arrivalTime, rules) } }]
}

/** What keeps one trip from being edited, whatever else is planned. */
function faultsOf(before: DrivenTrip, after: TripRow, edit: TripEdit, bus: BusRow | undefined, now: Date): Collision[] {
  const trips = [plannedOf(before)]
  const busId = bus?.busId
  const { layoutId, state } = before.trip
  const faults: (Collision | false | undefined)[] = [
    !isEditable(state) && { kind: 'NOT_EDITABLE', trips },
    edit.kind === 'SHIFT' && after.departureTime <= now && { kind: 'IN_THE_PAST', trips },
    edit.kind === 'SHIFT' && !leavesOnItsDay(after) && { kind: 'OUTSIDE_DAY', trips },
    bus && bus.state !== 'ACTIVE' && { kind: 'BUS_NOT_ACTIVE', trips, busId },
    bus && layoutId !== null && layoutId !== bus.layoutId && { kind: 'SEATS_DIFFER', trips, busId },
  ]
  return faults.filter((fault) => fault !== false && fault !== undefined)
}

/** What the edit makes collide; what collides before it and is not touched by it does not keep it from being done. */
async function newCollisions(tx: Queries, tenantId: string, changes: readonly Change[], rules: PlanningRules) {
  const after = changes.map(({ before, after: trip }) => plannedOf({ ...before, trip }))
  const before = new Set(
    collisionsIn(
      changes.map((one) => plannedOf(one.before)),
      rules,
    ).map(nameOf),
  )
  const found = await collisionsOf(tx, tenantId, after, rules)
  return involving(found, new Set(changes.map((one) => one.after.tripId))).filter((one) => !before.has(nameOf(one)))
}

const nameOf = ({ kind, trips, minutes }: Collision) => [kind, ...trips.map(({ tripId }) => tripId), minutes].join(' ')

/** Two plans of one digest change the same trips from and to the same, and collide with the same. */
function digestOf(edit: TripEdit, changes: readonly Change[], collisions: readonly Collision[]): string {
  const said = changes.map(({ before, after }) => [
    before.trip.revision.toString(),
    factsOf(before.trip),
    factsOf(after),
  ])
  return createHash('sha256')
    .update(JSON.stringify([edit, said, collisions.map(nameOf)]))
    .digest('base64url')
}

const factsOf = ({ tripId, departureTime, arrivalTime, busId, layoutId, state, cancelReason }: TripRow) => [
  tripId,
  departureTime.toISOString(),
  arrivalTime.toISOString(),
  busId,
  layoutId,
  state,
  cancelReason,
]

function byDeparture(a: Change, b: Change): number {
  const [one, other] = [a.before.trip, b.before.trip]
  return one.departureTime.getTime() - other.departureTime.getTime() || one.tripId.localeCompare(other.tripId)
}
