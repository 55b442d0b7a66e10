import { type SQL, sql } from 'drizzle-orm'
import type { Queries, Tx } from '#kit'
import { type JournalHead, NO_HASH } from '../../domain/pos/entry.ts'
import { instant, instantOrNone, iso, run } from '../query.ts'

/** Where a device stands. */
export type DeviceState = 'INVITED' | 'ACTIVE' | 'REVOKED'

/** A device that sells. */
export type Device = {
  readonly deviceId: string
  readonly tenantId: string
  readonly name: string
  readonly stationStopId: string
  readonly stationName: string
  readonly agentUserIds: readonly string[]
  readonly state: DeviceState
  readonly publicKey: Buffer | undefined
  readonly head: JournalHead
  readonly quarantineId: string | undefined
  readonly createTime: Date
  readonly enrolTime: Date | undefined
  readonly revokeTime: Date | undefined
  readonly syncTime: Date | undefined
  readonly enrolmentExpireTime: Date
}

type DeviceRow = {
  device_id: string
  tenant_id: string
  name: string
  station_stop_id: string
  station_name: string
  agent_user_ids: string[]
  state: DeviceState
  public_key: Buffer | null
  journal_sequence: string
  journal_hash: Buffer | null
  journal_time: string | null
  quarantine_id: string | null
  create_time: string
  enrol_time: string | null
  revoke_time: string | null
  sync_time: string | null
  enrolment_expire_time: string
}

const columns = sql.raw(`device_id, tenant_id, name, station_stop_id, station_name, agent_user_ids, state, public_key,
  journal_sequence, journal_hash, journal_time, quarantine_id, create_time, enrol_time, revoke_time, sync_time,
  enrolment_expire_time`)

/** What is written of a new device. */
export type NewDevice = Pick<
  Device,
  'deviceId' | 'tenantId' | 'name' | 'stationStopId' | 'stationName' | 'agentUserIds' | 'createTime'
> & { readonly enrolmentHash: Buffer; readonly enrolmentExpireTime: Date }

/** Writes a device. Undefined when its id was used before. */
export function insertDevice(tx: Tx, device: NewDevice): Promise<Device | undefined> {
  return oneDevice(
    tx,
    sql`insert into pos_device (device_id, tenant_id, name, station_stop_id, station_name, agent_user_ids, state,
        enrolment_hash, enrolment_expire_time, create_time)
      values (${device.deviceId}, ${device.tenantId}, ${device.name}, ${device.stationStopId}, ${device.stationName},
        ${sql.param(device.agentUserIds)}::uuid[], 'INVITED', ${device.enrolmentHash},
        ${iso(device.enrolmentExpireTime)}::timestamptz, ${iso(device.createTime)}::timestamptz)
      on conflict (device_id) do nothing returning ${columns}`,
  )
}

/** Gives a device that was made lately, and not enrolled, another code. Undefined when there is none. */
export function replaceEnrolment(
  tx: Tx,
  deviceId: string,
  hash: Buffer,
  expireTime: Date,
  madeSince: Date,
): Promise<Device | undefined> {
  return oneDevice(
    tx,
    sql`update pos_device set enrolment_hash = ${hash}, enrolment_expire_time = ${iso(expireTime)}::timestamptz
      where device_id = ${deviceId} and state = 'INVITED' and create_time > ${iso(madeSince)}::timestamptz
      returning ${columns}`,
  )
}

/** The device that a code enrols, whether it still may or did; locked until the transaction ends. */
export function deviceOfCode(tx: Tx, hash: Buffer): Promise<Device | undefined> {
  return oneDevice(tx, sql`select ${columns} from pos_device where enrolment_hash = ${hash} for update`)
}

/** Binds a device to its key. */
export async function enrolDevice(tx: Tx, deviceId: string, publicKey: Uint8Array, now: Date): Promise<Device> {
  const device = await oneDevice(
    tx,
    sql`update pos_device set state = 'ACTIVE', public_key = ${Buffer.from(publicKey)},
        enrol_time = ${iso(now)}::timestamptz
      where device_id = ${deviceId} and state = 'INVITED' returning ${columns}`,
  )
  if (!device) throw new Error('a device moved on while it was locked')
  return device
}

/** Revokes a device; undefined when it is not there, or was revoked before. */
export function revokeDevice(tx: Tx, deviceId: string, reason: string, now: Date): Promise<Device | undefined> {
  return oneDevice(
    tx,
    sql`update pos_device set state = 'REVOKED', revoke_time = ${iso(now)}::timestamptz, revoke_reason = ${reason}
      where device_id = ${deviceId} and state <> 'REVOKED' returning ${columns}`,
  )
}

/** A device; undefined when there is none among the rows that `db` may see. */
export function readDevice(db: Queries, deviceId: string): Promise<Device | undefined> {
  return oneDevice(db, sql`select ${columns} from pos_device where device_id = ${deviceId}`)
}

/** As {@link readDevice}; nobody else takes its entries over until the transaction ends. */
export function lockDevice(tx: Tx, deviceId: string): Promise<Device | undefined> {
  return oneDevice(tx, sql`select ${columns} from pos_device where device_id = ${deviceId} for update`)
}

/** The devices of the session's company, newest first. */
export async function listDevices(tx: Tx, limit: number, after: string | undefined): Promise<Device[]> {
  const rows = await run<DeviceRow>(
    tx,
    sql`select ${columns} from pos_device where ${after ?? null}::uuid is null or device_id < ${after ?? null}::uuid
      order by device_id desc limit ${limit}`,
  )
  return rows.map(deviceFrom)
}

/** Remembers how far a device's journal has come. */
export async function moveHead(tx: Tx, deviceId: string, head: JournalHead, now: Date): Promise<void> {
  await run(
    tx,
    sql`update pos_device set journal_sequence = ${head.sequence}::bigint, journal_hash = ${Buffer.from(head.hash, 'hex')},
        journal_time = ${head.time ? iso(head.time) : null}::timestamptz, sync_time = ${iso(now)}::timestamptz
      where device_id = ${deviceId}`,
  )
}

/** Has further entries of a device join a quarantine, or, with undefined, none any more. */
export async function setQuarantine(tx: Tx, deviceId: string, quarantineId: string | undefined): Promise<void> {
  await run(tx, sql`update pos_device set quarantine_id = ${quarantineId ?? null}::uuid where device_id = ${deviceId}`)
}

/** The name of a stop that trips call at; undefined when none does. */
export async function stationName(db: Queries, stopId: string): Promise<string | undefined> {
  const [row] = await run<{ stop_name: string }>(db, sql`select stop_name from place where stop_id = ${stopId}`)
  return row?.stop_name
}

async function oneDevice(db: Queries, statement: SQL): Promise<Device | undefined> {
  const [row] = await run<DeviceRow>(db, statement)
  return row && deviceFrom(row)
}

function deviceFrom(row: DeviceRow): Device {
  return {
    deviceId: row.device_id,
    tenantId: row.tenant_id,
    name: row.name,
    stationStopId: row.station_stop_id,
    stationName: row.station_name,
    agentUserIds: row.agent_user_ids,
    state: row.state,
    publicKey: row.public_key ?? undefined,
    head: {
      sequence: Number(row.journal_sequence),
      hash: row.journal_hash?.toString('hex') ?? NO_HASH,
      time: instantOrNone(row.journal_time),
    },
    quarantineId: row.quarantine_id ?? undefined,
    createTime: instant(row.create_time),
    enrolTime: instantOrNone(row.enrol_time),
    revokeTime: instantOrNone(row.revoke_time),
    syncTime: instantOrNone(row.sync_time),
    enrolmentExpireTime: instant(row.enrolment_expire_time),
  }
}
