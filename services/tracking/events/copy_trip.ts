import { on, serviceInstant } from '#kit'
import { TripScheduledSchema } from '#gen/tms/company/v1/events_pb.ts'
import type { Trip } from '#gen/tms/company/v1/trip_pb.ts'
import type { Ctx } from '../context.ts'
import { copyTrip as store, noteTripState, type TripSnapshot } from '../store/trips.ts'
import { copyPlan } from '../store/journeys.ts'
import { tripStateFromProto } from '../wire/trip_states.ts'

/** A trip was planned or changed: the newest snapshot is our copy. */
export const copyTrip = on(
  TripScheduledSchema,
  async (ctx: Ctx, tx, { tenantId, trip }) => {
    const state = trip && tripStateFromProto(trip.state)
    if (!trip || !state) return
    await store(tx, snapshotOf(tenantId, trip))
    const plan = planOf(tenantId, trip)
    if (plan) await copyPlan(tx, plan)
    const { tripId, revision } = trip
    await noteTripState(tx, { tripId, tenantId, revision, state, changeTime: ctx.clock.now() })
  },
  { name: 'copy-trip' },
)

/** @throws {RangeError} for a trip without calls, or with times or a zone that cannot be */
function snapshotOf(tenantId: string, trip: Trip): TripSnapshot {
  const [first, last] = [trip.calls[0], trip.calls.at(-1)]
  if (!first || !last) throw new RangeError(`trip ${trip.tripId} has no calls`)
  const at = (seconds: number) => serviceInstant(trip.serviceDate, seconds, trip.timeZone)
  return {
    tripId: trip.tripId,
    tenantId,
    revision: trip.revision,
    busId: trip.busId === '' ? undefined : trip.busId,
    busPlate: trip.busPlate,
    departureTime: at(first.departureSeconds),
    arrivalTime: at(last.arrivalSeconds),
    routeId: trip.routeId === '' ? undefined : trip.routeId,
    // A stop without a place cannot be arrived at.
    calls: trip.calls.flatMap(({ sequence, stopId, stopName, town, location, arrivalSeconds, departureSeconds }) => {
      if (!location) return []
      const { latitudeDegrees, longitudeDegrees } = location
      const [arrivalMs, departureMs] = [at(arrivalSeconds).getTime(), at(departureSeconds).getTime()]
      return [{ sequence, stopId, stopName, town, latitudeDegrees, longitudeDegrees, arrivalMs, departureMs }]
    }),
  }
}

/** What arrivals are predicted from; undefined for a trip whose stops have no place, or that no schedule made. */
function planOf(tenantId: string, trip: Trip): Parameters<typeof copyPlan>[1] | undefined {
  const { tripId, revision, companySlug, routeId, scheduleId, patternId, serviceDate, timeZone, calls } = trip
  if (routeId === '' || scheduleId === '' || !calls.every(({ location }) => location)) return undefined
  const pattern = patternId === '' ? undefined : patternId
  return { tripId, tenantId, revision, companySlug, scheduleId, patternId: pattern, serviceDate, timeZone }
}
