import { sql } from 'drizzle-orm'
import type { Page, Queries, Tx } from '#kit'
import { iso, run } from './query.ts'

/** A device key, without its secret. */
export type DeviceKeyRow = {
  readonly deviceKeyId: string
  readonly tenantId: string
  readonly busId: string
  readonly busPlate: string
  readonly name: string
  readonly createTime: Date
  readonly revokeTime: Date | undefined
}

type Row = {
  device_key_id: string
  tenant_id: string
  bus_id: string
  bus_plate: string
  name: string
  create_time: string
  revoke_time: string | null
}

const fromRow = (row: Row): DeviceKeyRow => ({
  deviceKeyId: row.device_key_id,
  tenantId: row.tenant_id,
  busId: row.bus_id,
  busPlate: row.bus_plate,
  name: row.name,
  createTime: new Date(row.create_time),
  revokeTime: row.revoke_time === null ? undefined : new Date(row.revoke_time),
})

const columns = sql.raw('device_key_id, tenant_id, bus_id, bus_plate, name, create_time, revoke_time')

/** Enters a key; false when its id is in use. */
export async function insertDeviceKey(tx: Tx, key: DeviceKeyRow, secretHash: Buffer): Promise<boolean> {
  const rows = await run(
    tx,
    sql`
    insert into device_key (device_key_id, tenant_id, bus_id, bus_plate, name, secret_hash, create_time)
    values (${key.deviceKeyId}, ${key.tenantId}, ${key.busId}, ${key.busPlate}, ${key.name}, ${secretHash},
      ${iso(key.createTime)})
    on conflict (device_key_id) do nothing returning 1`,
  )
  return rows.length > 0
}

/** Gives a key that was never used another secret; undefined when it was used, taken back, or is not this company's. */
export async function replaceSecret(
  tx: Tx,
  deviceKeyId: string,
  secretHash: Buffer,
  madeAfter: Date,
): Promise<DeviceKeyRow | undefined> {
  const [row] = await run<Row>(
    tx,
    sql`
    update device_key k set secret_hash = ${secretHash}
    where device_key_id = ${deviceKeyId} and create_time > ${iso(madeAfter)} and revoke_time is null
      and not exists (select from recording r where r.device_key_id = k.device_key_id)
    returning ${columns}`,
  )
  return row && fromRow(row)
}

/** The key of a secret that counts; undefined when there is none. Of any company: the secret is all that a device has. */
export async function findBySecret(db: Queries, secretHash: Buffer): Promise<DeviceKeyRow | undefined> {
  const [row] = await run<Row>(
    db,
    sql`select ${columns} from device_key where secret_hash = ${secretHash} and revoke_time is null`,
  )
  return row && fromRow(row)
}

/** A page of the session's company's keys, in the order they were made. */
export async function listDeviceKeys(tx: Tx, { limit, after }: Page<string>): Promise<DeviceKeyRow[]> {
  const rows = await run<Row>(
    tx,
    sql`
    select ${columns} from device_key where (${after ?? null}::uuid is null or device_key_id > ${after ?? null}::uuid)
    order by device_key_id limit ${limit}`,
  )
  return rows.map(fromRow)
}

/** Takes a key back; once it is, the time stays. Undefined when the company has no such key. */
export async function revokeDeviceKey(tx: Tx, deviceKeyId: string, now: Date): Promise<DeviceKeyRow | undefined> {
  const [row] = await run<Row>(
    tx,
    sql`
    update device_key set revoke_time = coalesce(revoke_time, ${iso(now)}) where device_key_id = ${deviceKeyId}
    returning ${columns}`,
  )
  return row && fromRow(row)
}
