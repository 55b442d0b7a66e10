import { sql } from 'drizzle-orm'
import type { Queries, Tx } from '#kit'
import { type Calibration, UNCALIBRATED } from '../domain/arrivals/calibration.ts'
import { run } from './query.ts'

/** How far the bounds of a company's arrivals reach. */
export async function calibrationOf(db: Queries, tenantId: string): Promise<Calibration> {
  const [row] = await run<{ trip_count: number; reach: number }>(
    db,
    sql`select trip_count, reach from arrival_calibration where tenant_id = ${tenantId}`,
  )
  return row ? { tripCount: row.trip_count, reach: row.reach } : UNCALIBRATED
}

/** Keeps it after another trip. */
export async function keepCalibration(tx: Tx, tenantId: string, { tripCount, reach }: Calibration): Promise<void> {
  if (tripCount === 0) return
  await run(
    tx,
    sql`
    insert into arrival_calibration (tenant_id, trip_count, reach) values (${tenantId}, ${tripCount}, ${reach})
    on conflict (tenant_id) do update set trip_count = excluded.trip_count, reach = excluded.reach`,
  )
}
