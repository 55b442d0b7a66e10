import { and, asc, desc, eq, gt, gte, inArray, isNull, lt, or, sql } from 'drizzle-orm'
import type { Queries, Tx } from '#kit'
import { type PlanningRules, runningStates } from '../domain/collisions.ts'
import { driverLicence, planChange, planningRules } from './planning_schema.ts'
import { bus, driverAssignment, trip } from './schema.ts'
import type { TripRow } from './trips.ts'

/** A trip with its driver; null while it has none. */
export type DrivenTrip = { readonly trip: TripRow; readonly driverUserId: string | null }

/** A licence as it is kept. */
export type LicenceRow = typeof driverLicence.$inferSelect

/** An entry of the history. */
export type PlanChangeRow = typeof planChange.$inferSelect

/** The rules of a company and when they were set; undefined while they never were. */
export async function findRules(
  tx: Queries,
  tenantId: string,
): Promise<(PlanningRules & { readonly updateTime: Date }) | undefined> {
  const rows = await tx.select().from(planningRules).where(eq(planningRules.tenantId, tenantId))
  return rows[0]
}

/** Sets the rules of a company. */
export async function keepRules(tx: Tx, tenantId: string, rules: PlanningRules, updateTime: Date): Promise<void> {
  const facts = { ...rules, licenceClasses: [...rules.licenceClasses], updateTime }
  await tx
    .insert(planningRules)
    .values({ tenantId, ...facts })
    .onConflictDoUpdate({ target: planningRules.tenantId, set: facts })
}

/** Some trips of a company with their drivers, by id. */
export async function tripsById(tx: Queries, tenantId: string, tripIds: readonly string[]): Promise<DrivenTrip[]> {
  return driven(tx)
    .where(and(eq(trip.tenantId, tenantId), inArray(trip.tripId, [...tripIds])))
    .orderBy(asc(trip.tripId))
}

/** Keeps some trips from others until the transaction is over; in one order for everybody. */
export async function lockTrips(tx: Tx, tenantId: string, tripIds: readonly string[]): Promise<void> {
  await tx
    .select({ tripId: trip.tripId })
    .from(trip)
    .where(and(eq(trip.tenantId, tenantId), inArray(trip.tripId, [...tripIds])))
    .orderBy(asc(trip.tripId))
    .for('update')
}

/**
 * Keeps buses and drivers from being planned by others until the transaction is over, so that what was found free stays free.
 * In one order for everybody.
 */
export async function lockPlans(
  tx: Tx,
  tenantId: string,
  { busIds, driverUserIds }: { readonly busIds: readonly string[]; readonly driverUserIds: readonly string[] },
): Promise<void> {
  if (busIds.length > 0) {
    await tx
      .select({ busId: bus.busId })
      .from(bus)
      .where(and(eq(bus.tenantId, tenantId), inArray(bus.busId, [...busIds])))
      .orderBy(asc(bus.busId))
      .for('update')
  }
  for (const driver of [...driverUserIds].sort()) {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`driver ${driver}`}, 0))`)
  }
}

/** Trips that need a bus or a driver between two instants: all of a company's, or those of some buses and drivers. */
export async function tripsBetween(
  tx: Queries,
  tenantId: string,
  { from, to }: { readonly from: Date; readonly to: Date },
  of?: { readonly busIds: readonly string[]; readonly driverUserIds: readonly string[] },
): Promise<DrivenTrip[]> {
  return driven(tx).where(
    and(
      eq(trip.tenantId, tenantId),
      inArray(trip.state, [...runningStates]),
      lt(trip.departureTime, to),
      gt(trip.arrivalTime, from),
      of &&
        or(
          inArray(trip.busId, [...of.busIds]),
          inArray(driverAssignment.driverUserId, [...of.driverUserIds]),
          sql`false`,
        ),
    ),
  )
}

function driven(tx: Queries) {
  return tx
    .select({ trip, driverUserId: driverAssignment.driverUserId })
    .from(trip)
    .leftJoin(
      driverAssignment,
      and(
        eq(driverAssignment.tenantId, trip.tenantId),
        eq(driverAssignment.tripId, trip.tripId),
        isNull(driverAssignment.releaseTime),
      ),
    )
    .$dynamic()
}

/** Moves a trip's driver along with its times. */
export async function moveAssignment(tx: Tx, { tenantId, tripId, departureTime, arrivalTime }: TripRow): Promise<void> {
  await tx
    .update(driverAssignment)
    .set({ departureTime, arrivalTime })
    .where(
      and(
        eq(driverAssignment.tenantId, tenantId),
        eq(driverAssignment.tripId, tripId),
        isNull(driverAssignment.releaseTime),
      ),
    )
}

/** A licence; undefined when the company has none of that id. */
export async function findLicence(tx: Queries, tenantId: string, licenceId: string): Promise<LicenceRow | undefined> {
  const rows = await tx
    .select()
    .from(driverLicence)
    .where(and(eq(driverLicence.tenantId, tenantId), eq(driverLicence.licenceId, licenceId)))
  return rows[0]
}

/** Enters a licence, or writes what is now true of it. Throws the refusal of `driver_licence_of_one`. */
export async function keepLicence(tx: Tx, row: LicenceRow): Promise<void> {
  const { tenantId: _tenant, licenceId: _licence, driverUserId: _driver, createTime: _entered, ...facts } = row
  await tx
    .insert(driverLicence)
    .values(row)
    .onConflictDoUpdate({ target: [driverLicence.tenantId, driverLicence.licenceId], set: facts })
}

/** The licences of some drivers. */
export async function licencesOf(
  tx: Queries,
  tenantId: string,
  driverUserIds: readonly string[],
): Promise<LicenceRow[]> {
  if (driverUserIds.length === 0) return []
  return tx
    .select()
    .from(driverLicence)
    .where(and(eq(driverLicence.tenantId, tenantId), inArray(driverLicence.driverUserId, [...driverUserIds])))
}

/** Where a page of licences goes on. */
export type LicenceCursor = { readonly validToDate: string; readonly licenceId: string }

/** A page of licences by their last day. */
export function listLicences(
  tx: Queries,
  tenantId: string,
  filter: {
    readonly driverUserId: string | undefined
    readonly endingBefore: string | undefined
    readonly limit: number
    readonly after: LicenceCursor | undefined
  },
): Promise<LicenceRow[]> {
  const { driverUserId, endingBefore, limit, after } = filter
  return tx
    .select()
    .from(driverLicence)
    .where(
      and(
        eq(driverLicence.tenantId, tenantId),
        driverUserId === undefined ? undefined : eq(driverLicence.driverUserId, driverUserId),
        endingBefore === undefined ? undefined : lt(driverLicence.validToDate, endingBefore),
        after &&
          gt(
            sql`(${driverLicence.validToDate}, ${driverLicence.licenceId})`,
            sql`(${after.validToDate}::date, ${after.licenceId}::uuid)`,
          ),
      ),
    )
    .orderBy(asc(driverLicence.validToDate), asc(driverLicence.licenceId))
    .limit(limit)
}

/** Where a page of the history goes on. */
export type PlanChangeCursor = { readonly changeId: string }

/** A page of the history, the latest first. */
export function listChanges(
  tx: Queries,
  tenantId: string,
  filter: {
    readonly subjectId: string | undefined
    readonly tripId: string | undefined
    readonly userId: string | undefined
    readonly from: Date | undefined
    readonly to: Date | undefined
    readonly limit: number
    readonly after: PlanChangeCursor | undefined
  },
): Promise<PlanChangeRow[]> {
  const { subjectId, tripId, userId, from, to, limit, after } = filter
  return tx
    .select()
    .from(planChange)
    .where(
      and(
        eq(planChange.tenantId, tenantId),
        subjectId === undefined ? undefined : eq(planChange.subjectId, subjectId),
        tripId === undefined ? undefined : eq(planChange.tripId, tripId),
        userId === undefined ? undefined : eq(planChange.userId, userId),
        from && gte(planChange.changeTime, from),
        to && lt(planChange.changeTime, to),
        after && lt(planChange.changeId, BigInt(after.changeId)),
      ),
    )
    .orderBy(desc(planChange.changeId))
    .limit(limit)
}
