import { fromJson, type JsonValue, toJsonString } from '@bufbuild/protobuf'
import { sql } from 'drizzle-orm'
import type { Page, Queries, Tx } from '#kit'
import { type GeofenceShape, GeofenceShapeSchema } from '#gen/tms/tracking/v1/geofence_pb.ts'
import { iso, run } from './query.ts'

/** A geofence as it is kept. */
export type GeofenceRow = {
  readonly geofenceId: string
  readonly tenantId: string
  readonly name: string
  readonly shape: GeofenceShape
  readonly dwellSeconds: number | undefined
  readonly speedLimitMetersPerSecond: number | undefined
  readonly routeId: string | undefined
  readonly createTime: Date
  readonly updateTime: Date
}

type Row = {
  geofence_id: string
  tenant_id: string
  name: string
  shape: string
  dwell_seconds: number | null
  speed_limit_meters_per_second: number | null
  route_id: string | null
  create_time: string
  update_time: string
}

const columns = sql.raw(
  'geofence_id, tenant_id, name, shape::text as shape, dwell_seconds, speed_limit_meters_per_second, route_id, create_time, update_time',
)

const fromRow = (row: Row): GeofenceRow => ({
  geofenceId: row.geofence_id,
  tenantId: row.tenant_id,
  name: row.name,
  shape: fromJson(GeofenceShapeSchema, JSON.parse(row.shape) as JsonValue),
  dwellSeconds: row.dwell_seconds ?? undefined,
  speedLimitMetersPerSecond: row.speed_limit_meters_per_second ?? undefined,
  routeId: row.route_id ?? undefined,
  createTime: new Date(row.create_time),
  updateTime: new Date(row.update_time),
})

/** Enters a geofence; undefined when the company has as many as it may. */
export async function insertGeofence(tx: Tx, fence: GeofenceRow, limit: number): Promise<GeofenceRow | undefined> {
  // One at a time in a company: two at once would both find room for one.
  await run(tx, sql`select pg_advisory_xact_lock(hashtext(${`geofence ${fence.tenantId}`}))`)
  const [row] = await run<Row>(
    tx,
    sql`
    insert into geofence (geofence_id, tenant_id, name, shape, dwell_seconds, speed_limit_meters_per_second, route_id,
      create_time, update_time)
    select ${fence.geofenceId}, ${fence.tenantId}, ${fence.name}, ${toJsonString(GeofenceShapeSchema, fence.shape)}::jsonb,
      ${fence.dwellSeconds ?? null}::int, ${fence.speedLimitMetersPerSecond ?? null}::float8, ${fence.routeId ?? null}::uuid,
      ${iso(fence.createTime)}::timestamptz, ${iso(fence.updateTime)}::timestamptz
    where (select count(*) from geofence where tenant_id = ${fence.tenantId}) < ${limit}
    returning ${columns}`,
  )
  return row && fromRow(row)
}

/** What a geofence says. */
export type GeofenceChange = Pick<
  GeofenceRow,
  'name' | 'shape' | 'dwellSeconds' | 'speedLimitMetersPerSecond' | 'routeId' | 'updateTime'
>

/** Has a geofence say something else; undefined when the session's company has none such. */
export async function updateGeofence(tx: Tx, id: string, change: GeofenceChange): Promise<GeofenceRow | undefined> {
  const [row] = await run<Row>(
    tx,
    sql`
    update geofence set name = ${change.name}, shape = ${toJsonString(GeofenceShapeSchema, change.shape)}::jsonb,
      dwell_seconds = ${change.dwellSeconds ?? null}::int,
      speed_limit_meters_per_second = ${change.speedLimitMetersPerSecond ?? null}::float8,
      route_id = ${change.routeId ?? null}::uuid, update_time = ${iso(change.updateTime)}
    where geofence_id = ${id} returning ${columns}`,
  )
  return row && fromRow(row)
}

/** Takes a geofence of the session's company away. */
export async function deleteGeofence(tx: Tx, geofenceId: string): Promise<void> {
  await run(tx, sql`delete from geofence where geofence_id = ${geofenceId}`)
}

/** A page of the session's company's geofences, in the order they were made. */
export async function listGeofences(tx: Tx, { limit, after }: Page<string>): Promise<GeofenceRow[]> {
  const rows = await run<Row>(
    tx,
    sql`
    select ${columns} from geofence where (${after ?? null}::uuid is null or geofence_id > ${after ?? null}::uuid)
    order by geofence_id limit ${limit}`,
  )
  return rows.map(fromRow)
}

/** All geofences of some companies. */
export async function geofencesOf(db: Queries, tenantIds: readonly string[]): Promise<GeofenceRow[]> {
  const rows = await run<Row>(
    db,
    sql`select ${columns} from geofence where tenant_id = any (${`{${tenantIds.join(',')}}`}::uuid[])`,
  )
  return rows.map(fromRow)
}
