import { sql } from 'drizzle-orm'
import type { Queries, Tx } from '#kit'
import type { LegTime } from '../domain/arrivals/predict.ts'
import { iso, run } from './query.ts'

/** A stretch from stop to stop, at an hour of the day; -1 for all hours. */
export type LegKey = { readonly fromStopId: string; readonly toStopId: string; readonly hour: number }

/** A leg and what is known of it. */
export type LegRow = LegKey & LegTime

/** All hours. */
export const ALL_HOURS = -1

type Row = {
  from_stop_id: string
  to_stop_id: string
  hour: number
  trip_count: number
  mean_seconds: number
  variance: number
}

/** What a company's trips took on the legs between some stops. */
export async function legTimes(db: Queries, tenantId: string, stopIds: readonly string[]): Promise<LegRow[]> {
  const rows = await run<Row>(
    db,
    sql`
    select from_stop_id, to_stop_id, hour, trip_count, mean_seconds, variance from leg_time
    where tenant_id = ${tenantId} and from_stop_id = any (${`{${stopIds.join(',')}}`}::uuid[])`,
  )
  return rows.map((row) => ({
    fromStopId: row.from_stop_id,
    toStopId: row.to_stop_id,
    hour: row.hour,
    count: row.trip_count,
    mean: row.mean_seconds,
    variance: row.variance,
  }))
}

/** Claims a trip for learning from it; false when that was done. */
export async function claimLearning(tx: Tx, tripId: string, now: Date): Promise<boolean> {
  const rows = await run(
    tx,
    sql`update trip set learn_time = ${iso(now)} where trip_id = ${tripId} and learn_time is null returning 1`,
  )
  return rows.length > 0
}

/** Writes what is now known of legs. */
export async function keepLegs(tx: Tx, tenantId: string, legs: readonly LegRow[]): Promise<void> {
  if (legs.length === 0) return
  await run(
    tx,
    sql`
    insert into leg_time (tenant_id, from_stop_id, to_stop_id, hour, trip_count, mean_seconds, variance)
    select ${tenantId}, (l ->> 'fromStopId')::uuid, (l ->> 'toStopId')::uuid, (l ->> 'hour')::int, (l ->> 'count')::int,
      (l ->> 'mean')::double precision, (l ->> 'variance')::double precision
    from jsonb_array_elements(${JSON.stringify(legs)}::text::jsonb) l
    on conflict (tenant_id, from_stop_id, to_stop_id, hour) do update
      set trip_count = excluded.trip_count, mean_seconds = excluded.mean_seconds, variance = excluded.variance`,
  )
}
