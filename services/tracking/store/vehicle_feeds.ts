import { fromJson, type JsonValue, toJsonString } from '@bufbuild/protobuf'
import { sql } from 'drizzle-orm'
import type { Queries, Tx } from '#kit'
import { type VehicleFeedCounts, VehicleFeedCountsSchema } from '#gen/tms/tracking/v1/vehicle_feed_pb.ts'
import type { FeedFault } from '../domain/feed/vehicle.ts'
import { iso, run } from './query.ts'

/** A company's feed of another system, and what became of it lately. */
export type VehicleFeedRow = {
  readonly tenantId: string
  readonly url: string
  readonly readTime: Date | undefined
  readonly successTime: Date | undefined
  readonly fault: FeedFault | undefined
  readonly faultDetail: string
  readonly counts: VehicleFeedCounts
}

type Row = {
  tenant_id: string
  url: string
  read_time: string | null
  success_time: string | null
  fault: FeedFault | ''
  fault_detail: string
  counts: string
}

const columns = sql.raw('tenant_id, url, read_time, success_time, fault, fault_detail, counts::text as counts')

const fromRow = (row: Row): VehicleFeedRow => ({
  tenantId: row.tenant_id,
  url: row.url,
  readTime: row.read_time === null ? undefined : new Date(row.read_time),
  successTime: row.success_time === null ? undefined : new Date(row.success_time),
  fault: row.fault === '' ? undefined : row.fault,
  faultDetail: row.fault_detail,
  counts: fromJson(VehicleFeedCountsSchema, JSON.parse(row.counts) as JsonValue),
})

/** Says where a company's feed is; what became of another address is forgotten. */
export async function setVehicleFeed(tx: Tx, tenantId: string, url: string): Promise<void> {
  await run(
    tx,
    sql`
    insert into vehicle_feed (tenant_id, url) values (${tenantId}, ${url})
    on conflict (tenant_id) do update set url = excluded.url, read_time = null, success_time = null, fault = '',
      fault_detail = '', counts = '{}' where vehicle_feed.url <> excluded.url`,
  )
}

/** Has no feed read for a company any more. */
export async function dropVehicleFeed(tx: Tx, tenantId: string): Promise<void> {
  await run(tx, sql`delete from vehicle_feed where tenant_id = ${tenantId}`)
}

/** A company's feed; undefined when it has none. */
export async function vehicleFeedOf(db: Queries, tenantId: string): Promise<VehicleFeedRow | undefined> {
  const [row] = await run<Row>(db, sql`select ${columns} from vehicle_feed where tenant_id = ${tenantId}`)
  return row && fromRow(row)
}

/** Where the feeds of all companies are. */
export async function vehicleFeedUrls(db: Queries): Promise<Pick<VehicleFeedRow, 'tenantId' | 'url'>[]> {
  const rows = await run<Pick<Row, 'tenant_id' | 'url'>>(db, sql`select tenant_id, url from vehicle_feed order by url`)
  return rows.map((row) => ({ tenantId: row.tenant_id, url: row.url }))
}

/** A feed that was read at a time. */
type Reading = Pick<VehicleFeedRow, 'tenantId' | 'url'> & { readonly at: Date }

/** Notes a good reading, unless another address was set meanwhile. */
export async function noteRead(tx: Tx, { tenantId, url, at }: Reading, counts: VehicleFeedCounts): Promise<void> {
  await run(
    tx,
    sql`
    update vehicle_feed set read_time = ${iso(at)}, success_time = ${iso(at)}, fault = '', fault_detail = '',
      counts = ${toJsonString(VehicleFeedCountsSchema, counts)}::jsonb
    where tenant_id = ${tenantId} and url = ${url}`,
  )
}

/** Notes a reading that changed nothing, and why. */
export async function noteUnread(
  tx: Tx,
  { tenantId, url, at }: Reading,
  fault: FeedFault,
  detail: string,
): Promise<void> {
  await run(
    tx,
    sql`
    update vehicle_feed set read_time = ${iso(at)}, fault = ${fault}, fault_detail = ${detail}
    where tenant_id = ${tenantId} and url = ${url}`,
  )
}
