import { and, asc, eq, gt, isNull, sql } from 'drizzle-orm'
import type { Queries } from '#kit'
import { driverAssignment } from './schema.ts'

/** A driver put on a trip, with the trip's times. */
export type AssignmentRow = typeof driverAssignment.$inferSelect

/** Where a page of assignments goes on. */
export type AssignmentCursor = { readonly departureTime: string; readonly assignmentId: string }

/** Puts a driver on a trip. Throws the refusal of `driver_free` or `driver_one_for_trip`. */
export async function insertAssignment(tx: Queries, row: AssignmentRow): Promise<void> {
  await tx.insert(driverAssignment).values(row)
}

/** An assignment; undefined when the company has none of that id. */
export async function findAssignment(
  tx: Queries,
  tenantId: string,
  assignmentId: string,
): Promise<AssignmentRow | undefined> {
  const rows = await tx
    .select()
    .from(driverAssignment)
    .where(and(eq(driverAssignment.tenantId, tenantId), eq(driverAssignment.assignmentId, assignmentId)))
  return rows[0]
}

/** The assignment of a trip that holds; undefined while it has no driver. */
export async function driverOf(tx: Queries, tenantId: string, tripId: string): Promise<AssignmentRow | undefined> {
  const rows = await tx.select().from(driverAssignment).where(holds(tenantId, tripId))
  return rows[0]
}

/** Takes the driver off a trip. Returns the assignment that ended; undefined when the trip had none. */
export async function releaseDriver(
  tx: Queries,
  tenantId: string,
  tripId: string,
  at: Date,
): Promise<AssignmentRow | undefined> {
  const rows = await tx.update(driverAssignment).set({ releaseTime: at }).where(holds(tenantId, tripId)).returning()
  return rows[0]
}

/** A page of assignments by departure. */
export function listAssignments(
  tx: Queries,
  tenantId: string,
  filter: {
    readonly driverUserId: string | undefined
    readonly tripId: string | undefined
    readonly releasedToo: boolean
    readonly limit: number
    readonly after: AssignmentCursor | undefined
  },
): Promise<AssignmentRow[]> {
  const { driverUserId, tripId, releasedToo, limit, after } = filter
  return tx
    .select()
    .from(driverAssignment)
    .where(
      and(
        eq(driverAssignment.tenantId, tenantId),
        driverUserId === undefined ? undefined : eq(driverAssignment.driverUserId, driverUserId),
        tripId === undefined ? undefined : eq(driverAssignment.tripId, tripId),
        releasedToo ? undefined : isNull(driverAssignment.releaseTime),
        after &&
          gt(
            sql`(${driverAssignment.departureTime}, ${driverAssignment.assignmentId})`,
            sql`(${after.departureTime}::timestamptz, ${after.assignmentId}::uuid)`,
          ),
      ),
    )
    .orderBy(asc(driverAssignment.departureTime), asc(driverAssignment.assignmentId))
    .limit(limit)
}

const holds = (tenantId: string, tripId: string) =>
  and(
    eq(driverAssignment.tenantId, tenantId),
    eq(driverAssignment.tripId, tripId),
    isNull(driverAssignment.releaseTime),
  )
