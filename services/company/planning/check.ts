import { addDays, serviceInstant, type Tx } from '#kit'
import { type Collision, collisionsIn, type PlannedTrip } from '../domain/collisions.ts'
import type { DueTrip } from '../domain/trips_due.ts'
import { type TripTemplate, tripsStillDue } from '../generate.ts'
import { findBuses } from '../store/buses.ts'
import type { CompanyRow } from '../store/companies.ts'
import { tripsBetween } from '../store/planning.ts'
import { given, plannedOf, unlicensed } from './collide.ts'
import { rulesOf } from './rules.ts'

/** What is wrong with the plan of some days, and how much of it was looked at. */
export type CheckedPlan = {
  readonly collisions: readonly Collision[]
  readonly tripCount: number
  readonly dueCount: number
  readonly withoutBusCount: number
  readonly withoutDriverCount: number
}

/** Days before and after that are looked at with some days: a night trip ends, a duty began. */
const MARGIN_DAYS = 2

/** Looks through the plan of consecutive days: the trips that are there, and those that would be made with them. */
export async function checkedPlan(tx: Tx, company: CompanyRow, dates: readonly string[]): Promise<CheckedPlan> {
  const { tenantId, timeZone } = company
  const [first, last] = [addDays(dates[0]!, -MARGIN_DAYS), addDays(dates.at(-1)!, MARGIN_DAYS + 1)]
  const around = { from: serviceInstant(first, 0, timeZone), to: serviceInstant(last, 0, timeZone) }
  const rules = await rulesOf(tx, tenantId)
  const made = (await tripsBetween(tx, tenantId, around)).map(plannedOf)
  const due = (await tripsStillDue(tx, tenantId, dates)).map(plannedDue)
  const asked = new Set(dates)
  const onDates = ({ serviceDate }: PlannedTrip) => asked.has(serviceDate)
  const there = made.filter(onDates)
  const collisions = [
    ...collisionsIn([...made, ...due], rules).filter(({ trips }) => trips.some(onDates)),
    ...(await unlicensed(tx, tenantId, there, rules, timeZone)),
    ...(await withIdleBuses(tx, tenantId, [...there, ...due])),
  ]
  return {
    collisions: collisions.sort((a, b) => startOf(a) - startOf(b)),
    tripCount: there.length,
    dueCount: due.length,
    withoutBusCount: [...there, ...due].filter(({ busId }) => busId === undefined).length,
    withoutDriverCount: there.filter(({ driverUserId }) => driverUserId === undefined).length,
  }
}

function plannedDue({ template, serviceDate, departureTime, arrivalTime }: DueTrip<TripTemplate>): PlannedTrip {
  const { scheduleId, busId } = template.schedule
  return {
    ...{ scheduleId, serviceDate, departureTime, arrivalTime },
    tripId: undefined,
    busId: busId ?? undefined,
    driverUserId: undefined,
    state: 'SCHEDULED',
  }
}

/** Trips whose bus is in the workshop or retired. */
async function withIdleBuses(tx: Tx, tenantId: string, trips: readonly PlannedTrip[]): Promise<Collision[]> {
  const buses = await findBuses(tx, tenantId, given(trips, 'busId'))
  const idle = new Set(buses.filter(({ state }) => state !== 'ACTIVE').map(({ busId }) => busId))
  return trips.flatMap((trip) =>
    trip.busId !== undefined && idle.has(trip.busId)
      ? [{ kind: 'BUS_NOT_ACTIVE' as const, trips: [trip], busId: trip.busId }]
      : [],
  )
}

const startOf = ({ trips }: Collision) => trips[0]!.departureTime.getTime()
