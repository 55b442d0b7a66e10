import type { Tx } from '#kit'
import type { Collision, CollisionKind, PlannedTrip } from '../domain/collisions.ts'
import { refuse } from '../errors.ts'
import { lockPlans } from '../store/planning.ts'
import type { TripRow } from '../store/trips.ts'
import { collisionsOf, plannedOf, unlicensed } from './collide.ts'
import { rulesOf } from './rules.ts'

/**
 * Refuses to put a bus on a trip that it cannot run, and says what it collides with. Others wait until this transaction is
 * over before they plan the bus.
 *
 * @throws {ConnectError} BUS_BUSY
 */
export async function requireBusFree(tx: Tx, trip: TripRow, busId: string): Promise<void> {
  const { tenantId } = trip
  await lockPlans(tx, tenantId, { busIds: [busId], driverUserIds: [] })
  const planned = plannedOf({ trip: { ...trip, busId }, driverUserId: null })
  const [first, ...more] = await collisionsOf(tx, tenantId, [planned], await rulesOf(tx, tenantId))
  if (!first) return
  const others = othersIn([first, ...more], trip.tripId)
  const why = first.kind === 'BUS_TURN' ? 'the bus has too short a turn' : 'the bus is on another trip at that time'
  throw refuse('BUS_BUSY', why, { bus_id: busId, ...factsOf(first, others) })
}

/**
 * Refuses to put a driver on a trip whom licence, rest or another trip keeps from it.
 *
 * @throws {ConnectError} LICENCE_INVALID, DRIVER_BUSY, DRIVER_NEEDS_REST
 */
export async function requireDriverFit(tx: Tx, trip: TripRow, driverUserId: string): Promise<void> {
  const { tenantId, tripId, serviceDate, timeZone } = trip
  await lockPlans(tx, tenantId, { busIds: [], driverUserIds: [driverUserId] })
  const rules = await rulesOf(tx, tenantId)
  const planned = plannedOf({ trip: { ...trip, busId: null }, driverUserId })
  const driver = { driver_user_id: driverUserId }
  if ((await unlicensed(tx, tenantId, [planned], rules, timeZone)).length > 0) {
    const why = 'the driver has no licence that is good for that day'
    throw refuse('LICENCE_INVALID', why, { ...driver, service_date: serviceDate })
  }
  const found = await collisionsOf(tx, tenantId, [planned], rules)
  // Being elsewhere weighs more than being tired.
  const first = found.find(({ kind }) => kind === 'DRIVER_OVERLAP') ?? found[0]
  if (!first) return
  const facts = { ...driver, ...factsOf(first, othersIn(found, tripId)) }
  if (first.kind === 'DRIVER_OVERLAP') throw refuse('DRIVER_BUSY', 'the driver drives elsewhere then', facts)
  throw refuse('DRIVER_NEEDS_REST', restWords[first.kind] ?? 'the driver needs rest', facts)
}

const restWords: Partial<Record<CollisionKind, string>> = {
  DRIVER_BREAK: 'the driver has too short a break between two trips',
  DRIVER_REST: 'the duty is too long without rest',
}

function othersIn(collisions: readonly Collision[], tripId: string): PlannedTrip[] {
  const others = new Map(collisions.flatMap(({ trips }) => trips.map((trip) => [trip.tripId, trip] as const)))
  others.delete(tripId)
  return [...others.values()]
}

function factsOf({ kind, minutes, requiredMinutes }: Collision, others: readonly PlannedTrip[]) {
  const [first] = others
  return {
    kind,
    trip_ids: others.map(({ tripId }) => tripId).join(','),
    departure_time: first?.departureTime.toISOString() ?? '',
    arrival_time: first?.arrivalTime.toISOString() ?? '',
    minutes: String(minutes ?? ''),
    required_minutes: String(requiredMinutes ?? ''),
  }
}
