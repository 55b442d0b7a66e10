import { serviceDateOf, type Queries } from '#kit'
import { type Collision, collisionsIn, involving, mayDrive, type PlannedTrip } from '../domain/collisions.ts'
import type { PlanningRules } from '../domain/collisions.ts'
import { type DrivenTrip, licencesOf, tripsBetween } from '../store/planning.ts'

/** How far around trips others are looked at: a duty and the rest before it are within. */
const AROUND_MS = 4 * 86_400_000

/** A trip as a plan sees it. */
export function plannedOf({ trip, driverUserId }: DrivenTrip): PlannedTrip {
  const { tripId, scheduleId, serviceDate, departureTime, arrivalTime, busId, state } = trip
  return {
    ...{ tripId, scheduleId, serviceDate, departureTime, arrivalTime, state },
    busId: busId ?? undefined,
    driverUserId: driverUserId ?? undefined,
  }
}

/** What some trips of a company would collide with if they were as given: each other, and what is planned around them. */
export async function collisionsOf(
  tx: Queries,
  tenantId: string,
  trips: readonly PlannedTrip[],
  rules: PlanningRules,
): Promise<Collision[]> {
  const ids = new Set(trips.map(({ tripId }) => tripId ?? ''))
  const busIds = given(trips, 'busId')
  const driverUserIds = given(trips, 'driverUserId')
  if (busIds.length + driverUserIds.length === 0) return []
  const around = {
    from: new Date(Math.min(...trips.map(({ departureTime }) => departureTime.getTime())) - AROUND_MS),
    to: new Date(Math.max(...trips.map(({ arrivalTime }) => arrivalTime.getTime())) + AROUND_MS),
  }
  const others = (await tripsBetween(tx, tenantId, around, { busIds, driverUserIds })).map(plannedOf)
  const all = [...trips, ...others.filter(({ tripId }) => !ids.has(tripId ?? ''))]
  return involving(collisionsIn(all, rules), ids)
}

/** Those of some trips whose driver has no licence for the day. */
export async function unlicensed(
  tx: Queries,
  tenantId: string,
  trips: readonly PlannedTrip[],
  rules: PlanningRules,
  timeZone: string,
): Promise<Collision[]> {
  const licences = await licencesOf(tx, tenantId, given(trips, 'driverUserId'))
  const byDriver = Map.groupBy(licences, ({ driverUserId }) => driverUserId)
  return trips.flatMap((trip) => {
    const { driverUserId, departureTime, arrivalTime } = trip
    if (driverUserId === undefined) return []
    const [firstDate, lastDate] = [serviceDateOf(departureTime, timeZone), serviceDateOf(arrivalTime, timeZone)]
    if (mayDrive(byDriver.get(driverUserId) ?? [], { firstDate, lastDate }, rules)) return []
    return [{ kind: 'LICENCE' as const, trips: [trip], driverUserId }]
  })
}

/** The buses or the drivers of some trips. */
export function given(trips: readonly PlannedTrip[], key: 'busId' | 'driverUserId'): string[] {
  return [...new Set(trips.flatMap((trip) => trip[key] ?? []))]
}
