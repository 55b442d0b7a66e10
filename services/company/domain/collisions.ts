import type { TripStateName } from './trip_state.ts'

/** A trip as a plan sees it. */
export type PlannedTrip = {
  /** Undefined while it is not made. */
  readonly tripId: string | undefined
  readonly scheduleId: string
  readonly serviceDate: string
  readonly departureTime: Date
  readonly arrivalTime: Date
  readonly busId: string | undefined
  readonly driverUserId: string | undefined
  readonly state: TripStateName
}

/** What the trips of a company must keep to; 0 asks for nothing. */
export type PlanningRules = {
  readonly minTurnMinutes: number
  readonly minBreakMinutes: number
  readonly minRestMinutes: number
  readonly maxDutyMinutes: number
  readonly licenceRequired: boolean
  /** Any when empty. */
  readonly licenceClasses: readonly string[]
}

/** What can be wrong with a plan; the names of the contract's enum. */
export type CollisionKind =
  | 'BUS_OVERLAP'
  | 'BUS_TURN'
  | 'DRIVER_OVERLAP'
  | 'DRIVER_BREAK'
  | 'DRIVER_REST'
  | 'LICENCE'
  | 'BUS_NOT_ACTIVE'
  | 'SEATS_DIFFER'
  | 'NOT_EDITABLE'
  | 'IN_THE_PAST'
  | 'OUTSIDE_DAY'

/** Something in a plan that cannot be, or breaks a rule. */
export type Collision = {
  readonly kind: CollisionKind
  /** By departure. */
  readonly trips: readonly PlannedTrip[]
  readonly busId?: string | undefined
  readonly driverUserId?: string | undefined
  readonly minutes?: number
  readonly requiredMinutes?: number
}

/** States in which a trip needs its bus and its driver. */
export const runningStates: readonly TripStateName[] = ['SCHEDULED', 'BOARDING', 'DEPARTED']

/** Everything that collides among some trips: buses and drivers in two places, too short turns, breaks and rests. */
export function collisionsIn(trips: readonly PlannedTrip[], rules: PlanningRules): Collision[] {
  const running = trips.filter(({ state }) => runningStates.includes(state)).sort(byDeparture)
  const ofBus = chainsOf(running, 'busId').flatMap(([busId, chain]) => {
    const kinds = ['BUS_OVERLAP', 'BUS_TURN'] as const
    return gapsIn(chain, rules.minTurnMinutes, kinds).map((one) => ({ ...one, busId }))
  })
  const ofDriver = chainsOf(running, 'driverUserId').flatMap(([driverUserId, chain]) => {
    const kinds = ['DRIVER_OVERLAP', 'DRIVER_BREAK'] as const
    const found = [...gapsIn(chain, rules.minBreakMinutes, kinds), ...longDuties(chain, rules)]
    return found.map((one) => ({ ...one, driverUserId }))
  })
  return [...ofBus, ...ofDriver].sort((a, b) => byDeparture(a.trips[0]!, b.trips[0]!))
}

/** Those of some collisions that some trips have a part in. */
export function involving(collisions: readonly Collision[], tripIds: ReadonlySet<string>): Collision[] {
  return collisions.filter(({ trips }) => trips.some(({ tripId }) => tripId !== undefined && tripIds.has(tripId)))
}

/** The trips of each bus or driver, by departure. */
function chainsOf(trips: readonly PlannedTrip[], key: 'busId' | 'driverUserId'): [string, PlannedTrip[]][] {
  const chains = Map.groupBy(trips, (trip) => trip[key])
  return [...chains].flatMap(([id, chain]) => (id === undefined ? [] : [[id, chain] as [string, PlannedTrip[]]]))
}

/** Pairs of trips between which there is less time than there must be. */
function gapsIn(
  chain: readonly PlannedTrip[],
  required: number,
  [overlap, tooShort]: readonly [CollisionKind, CollisionKind],
): Collision[] {
  return chain.flatMap((trip, i) => {
    const found: Collision[] = []
    for (const next of chain.slice(i + 1)) {
      const minutes = minutesBetween(trip.arrivalTime, next.departureTime)
      if (minutes >= required) break
      const kind = minutes < 0 ? overlap : tooShort
      found.push({ kind, trips: [trip, next], minutes, requiredMinutes: required })
    }
    return found
  })
}

/** Duties that last longer than they may: trips between which the driver never had the rest that parts two duties. */
function longDuties(chain: readonly PlannedTrip[], { minRestMinutes, maxDutyMinutes }: PlanningRules): Collision[] {
  if (maxDutyMinutes === 0) return []
  return dutiesOf(chain, minRestMinutes).flatMap((duty) => {
    const minutes = minutesBetween(duty[0]!.departureTime, latestArrival(duty))
    if (minutes <= maxDutyMinutes || duty.length === 1) return []
    return [{ kind: 'DRIVER_REST' as const, trips: duty, minutes, requiredMinutes: maxDutyMinutes }]
  })
}

function dutiesOf(chain: readonly PlannedTrip[], minRestMinutes: number): PlannedTrip[][] {
  const duties: PlannedTrip[][] = []
  for (const trip of chain) {
    const duty = duties.at(-1)
    if (duty && minutesBetween(latestArrival(duty), trip.departureTime) < minRestMinutes) duty.push(trip)
    else duties.push([trip])
  }
  return duties
}

function latestArrival(duty: readonly PlannedTrip[]): Date {
  return new Date(Math.max(...duty.map(({ arrivalTime }) => arrivalTime.getTime())))
}

const minutesBetween = (from: Date, to: Date) => (to.getTime() - from.getTime()) / 60_000

function byDeparture(a: PlannedTrip, b: PlannedTrip): number {
  return a.departureTime.getTime() - b.departureTime.getTime() || (a.tripId ?? '').localeCompare(b.tripId ?? '')
}

/** A driver's right to drive. */
export type Licence = {
  readonly driverUserId: string
  readonly licenceClass: string
  readonly validFromDate: string
  readonly validToDate: string
}

/**
 * Whether a driver may drive on some days: with a licence of a class that counts, good on all of them. Who has none on file
 * may where none is asked for.
 */
export function mayDrive(
  licences: readonly Licence[],
  { firstDate, lastDate }: { readonly firstDate: string; readonly lastDate: string },
  { licenceRequired, licenceClasses }: PlanningRules,
): boolean {
  if (licences.length === 0) return !licenceRequired
  return licences.some(
    ({ licenceClass, validFromDate, validToDate }) =>
      (licenceClasses.length === 0 || licenceClasses.includes(licenceClass)) &&
      validFromDate <= firstDate &&
      lastDate <= validToDate,
  )
}
