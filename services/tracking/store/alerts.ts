import { fromJson, type JsonValue, toJsonString } from '@bufbuild/protobuf'
import { sql } from 'drizzle-orm'
import type { Page, Queries, Tx } from '#kit'
import { type AlertContent, AlertContentSchema } from '#gen/tms/tracking/v1/alert_pb.ts'
import { iso, run } from './query.ts'

/** An alert as it is kept. */
export type AlertRow = {
  readonly alertId: string
  readonly tenantId: string
  readonly content: AlertContent
  readonly startTime: Date
  readonly endTime: Date | undefined
  readonly createTime: Date
}

type Row = {
  alert_id: string
  tenant_id: string
  content: string
  start_time: string
  end_time: string | null
  create_time: string
}

const columns = sql.raw('alert_id, tenant_id, content::text as content, start_time, end_time, create_time')

const fromRow = (row: Row): AlertRow => ({
  alertId: row.alert_id,
  tenantId: row.tenant_id,
  content: fromJson(AlertContentSchema, JSON.parse(row.content) as JsonValue),
  startTime: new Date(row.start_time),
  endTime: row.end_time === null ? undefined : new Date(row.end_time),
  createTime: new Date(row.create_time),
})

/** Enters an alert; undefined when the company has as many that are not over as it may. */
export async function insertAlert(tx: Tx, alert: AlertRow, limit: number): Promise<AlertRow | undefined> {
  // One at a time in a company: two at once would both find room for one.
  await run(tx, sql`select pg_advisory_xact_lock(hashtext(${`alert ${alert.tenantId}`}))`)
  const [row] = await run<Row>(
    tx,
    sql`
    insert into alert (alert_id, tenant_id, content, start_time, end_time, create_time)
    select ${alert.alertId}, ${alert.tenantId}, ${toJsonString(AlertContentSchema, alert.content)}::jsonb,
      ${iso(alert.startTime)}::timestamptz, ${alert.endTime ? iso(alert.endTime) : null}::timestamptz,
      ${iso(alert.createTime)}::timestamptz
    where (select count(*) from alert where tenant_id = ${alert.tenantId}
      and (end_time is null or end_time > ${iso(alert.createTime)}::timestamptz)) < ${limit}
    returning ${columns}`,
  )
  return row && fromRow(row)
}

/** Ends an alert that is not over; undefined when the session's company has none such. */
export async function endAlert(tx: Tx, alertId: string, now: Date): Promise<AlertRow | undefined> {
  const [row] = await run<Row>(
    tx,
    sql`
    update alert set start_time = least(start_time, ${iso(now)}::timestamptz),
      end_time = least(end_time, ${iso(now)}::timestamptz)
    where alert_id = ${alertId} returning ${columns}`,
  )
  return row && fromRow(row)
}

/** A page of the session's company's alerts, the newest first. @param overBefore those that were over by then are left out */
export async function listAlerts(
  tx: Tx,
  { limit, after }: Page<string>,
  overBefore: Date | undefined,
): Promise<AlertRow[]> {
  const rows = await run<Row>(
    tx,
    sql`
    select ${columns} from alert
    where (${after ?? null}::uuid is null or alert_id < ${after ?? null}::uuid)
      and (end_time is null or end_time > coalesce(${overBefore ? iso(overBefore) : null}::timestamptz, '-infinity'))
    order by alert_id desc limit ${limit}`,
  )
  return rows.map(fromRow)
}

/** The alerts of a company that are not over, also those that have not begun. */
export async function currentAlerts(db: Queries, tenantId: string, now: Date): Promise<AlertRow[]> {
  const rows = await run<Row>(
    db,
    sql`
    select ${columns} from alert where tenant_id = ${tenantId} and (end_time is null or end_time > ${iso(now)})
    order by alert_id`,
  )
  return rows.map(fromRow)
}

/** Ids of what alerts may be about. */
export type SubjectIds = Readonly<Record<'routeIds' | 'stopIds' | 'tripIds', readonly string[]>>

/** Which of some ids no trip of the session's company has anything to do with. */
export async function unknownSubjects(tx: Tx, { routeIds, stopIds, tripIds }: SubjectIds): Promise<string[]> {
  const rows = await run<{ id: string }>(
    tx,
    sql`
    select id from unnest(${arrayOf(routeIds)}::uuid[]) id where not exists (select from trip where route_id = id)
    union all
    select id from unnest(${arrayOf(stopIds)}::uuid[]) id
      where not exists (select from trip where calls @> jsonb_build_array(jsonb_build_object('stopId', id)))
    union all
    select id from unnest(${arrayOf(tripIds)}::uuid[]) id where not exists (select from trip where trip_id = id)`,
  )
  return rows.map(({ id }) => id)
}

const arrayOf = (ids: readonly string[]) => `{${ids.join(',')}}`
