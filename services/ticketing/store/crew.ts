import { sql } from 'drizzle-orm'
import type { Queries, Tx } from '#kit'
import { run } from './query.ts'

/** A driver's assignment to a trip, as company tells it. */
export type Assignment = {
  readonly assignmentId: string
  readonly tenantId: string
  readonly tripId: string
  readonly driverUserId: string
}

/** Notes that a driver was put on a trip, or taken off it. Taken off stays taken off, whichever is heard of first. */
export async function noteDriver(tx: Tx, assignment: Assignment, released: boolean): Promise<void> {
  const { assignmentId, tenantId, tripId, driverUserId } = assignment
  await run(
    tx,
    sql`insert into trip_driver (assignment_id, tenant_id, trip_id, driver_user_id, released)
      values (${assignmentId}, ${tenantId}, ${tripId}, ${driverUserId}, ${released})
      on conflict (assignment_id) do update set released = trip_driver.released or excluded.released`,
  )
}

/** Who drives a trip. Undefined while nobody does. */
export async function driverOf(db: Queries, tripId: string): Promise<string | undefined> {
  const [row] = await run<{ driver_user_id: string }>(
    db,
    sql`select driver_user_id from trip_driver where trip_id = ${tripId} and not released
      order by assignment_id desc limit 1`,
  )
  return row?.driver_user_id
}
