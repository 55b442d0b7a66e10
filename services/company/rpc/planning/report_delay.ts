import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { TripDelayedSchema } from '#gen/tms/company/v1/events_pb.ts'
import type { PlanningService } from '#gen/tms/company/v1/planning_service_pb.ts'
import type { Handler, Tx } from '#kit'
import type { Ctx } from '../../context.ts'
import { refuse } from '../../errors.ts'
import { collisionsOf, plannedOf } from '../../planning/collide.ts'
import { rulesOf } from '../../planning/rules.ts'
import { tripsById } from '../../store/planning.ts'
import { type TripRow, updateTrip } from '../../store/trips.ts'
import { collisionToProto } from '../../wire/planning.ts'
import { tenantOf } from '../common.ts'
import { requireTripLocked } from '../required.ts'
import { tripsToProto } from '../timetable/trip_view.ts'

/** Says how late a trip is; the answer names what that makes collide. */
export const reportDelay =
  (ctx: Ctx): Handler<typeof PlanningService.method.reportDelay> =>
  async ({ tripId, delayMinutes, reason }, call) => {
    const tenantId = tenantOf(call)
    return ctx.db.transaction(async (tx) => {
      const trip = await requireTripLocked(tx, tenantId, tripId)
      requireUnderWay(trip)
      const delayed = await writeDelay(ctx, tx, trip, delayMinutes, reason)
      const [view] = await tripsToProto(tx, tenantId, [delayed])
      const collisions = await collisionsWhenLate(tx, delayed)
      return { trip: view, collisions: collisions.map(collisionToProto) }
    })
  }

function requireUnderWay({ tripId, state }: TripRow): void {
  if (state !== 'ARRIVED' && state !== 'CANCELLED') return
  throw refuse('TRIP_NOT_EDITABLE', `the trip is ${state.toLowerCase()}`, { trip_id: tripId, state })
}

/** The same words again are no news. */
async function writeDelay(ctx: Ctx, tx: Tx, trip: TripRow, delayMinutes: number, reason: string): Promise<TripRow> {
  if (trip.delayMinutes === delayMinutes && trip.delayReason === reason) return trip
  const now = ctx.clock.now()
  const delayed = await updateTrip(tx, trip, { delayMinutes, delayReason: reason }, now)
  const { tenantId, tripId, revision } = delayed
  const reportTime = timestampFromDate(now)
  await tx.publish(TripDelayedSchema, tripId, { tenantId, tripId, revision, delayMinutes, reason, reportTime })
  tx.afterCommit(() => ctx.happened('trip_delayed', { trip_id: tripId, delay_minutes: delayMinutes }))
  return delayed
}

/** What bus and driver miss if the trip is as late as that. */
async function collisionsWhenLate(tx: Tx, { tenantId, tripId, delayMinutes, state }: TripRow) {
  if (delayMinutes === 0) return []
  const [found] = await tripsById(tx, tenantId, [tripId])
  const planned = plannedOf(found!)
  const late = (time: Date) => new Date(time.getTime() + delayMinutes * 60_000)
  const departureTime = state === 'DEPARTED' ? planned.departureTime : late(planned.departureTime)
  const asLate = { ...planned, departureTime, arrivalTime: late(planned.arrivalTime) }
  return collisionsOf(tx, tenantId, [asLate], await rulesOf(tx, tenantId))
}
