import { TripScheduledSchema } from '#gen/tms/company/v1/events_pb.ts'
import type { Tx } from '#kit'
import type { Ctx } from './context.ts'
import { lockCompany, tripFacts } from './store/trip_facts.ts'
import { reviseTrips, type Touched, type TripRow } from './store/trips.ts'
import { tripsScheduled } from './wire/trip.ts'

/** Publishes some trips of one company as they are in this transaction. Returns what was told, in their order. */
export async function announceTrips(tx: Tx, tenantId: string, trips: readonly TripRow[]) {
  if (trips.length === 0) return []
  return publishTrips(tx, await lockCompany(tx, tenantId, 'share'), trips)
}

/**
 * Publishes anew every trip that has not departed and of which something that sellers must know has changed in this
 * transaction. Returns how many. Call it after the change.
 */
export async function announceTouched(ctx: Ctx, tx: Tx, tenantId: string, touched: Touched): Promise<number> {
  const company = await lockCompany(tx, tenantId, 'update')
  const trips = await reviseTrips(tx, tenantId, touched, ctx.clock.now())
  if (trips.length > 0) await publishTrips(tx, company, trips)
  return trips.length
}

async function publishTrips(tx: Tx, company: Awaited<ReturnType<typeof lockCompany>>, trips: readonly TripRow[]) {
  const facts = await tripFacts(tx, company, trips)
  const told = tripsScheduled(trips, facts)
  await tx.publishAll(
    TripScheduledSchema,
    told.map((message, i) => ({ key: trips[i]!.tripId, message })),
  )
  return told
}
