import { type SQL, sql } from 'drizzle-orm'
import { money, type Money, type Queries, type Tx } from '#kit'
import type { CashTotal, Denomination, MovementKind, ShiftState } from '../domain/shift.ts'
import { instant, instantOrNone, iso, run } from './query.ts'

/** What was handed over of a till. */
export type Deposit = {
  readonly depositId: string
  readonly shiftId: string
  readonly destination: 'SAFE' | 'BANK'
  readonly amount: Money
  readonly reference: string
  readonly agentUserId: string
  readonly handOverTime: Date
  readonly received: Money | undefined
  readonly confirmUserId: string | undefined
  readonly confirmTime: Date | undefined
}

/** A count of a till. */
export type Count = {
  readonly denominations: readonly Denomination[]
  readonly counted: Money
  readonly expected: Money
  /** What had moved by then. */
  readonly totals: readonly CashTotal[]
  /** How far the till's journal was read. */
  readonly journalThrough: bigint
}

/** A shift with its deposits. */
export type Shift = {
  readonly shiftId: string
  readonly tenantId: string
  readonly agentUserId: string
  readonly deviceId: string
  readonly stationId: string
  readonly state: ShiftState
  readonly float: Money
  readonly openTime: Date
  readonly countTime: Date | undefined
  readonly closeTime: Date | undefined
  readonly count: Count | undefined
  readonly handedOver: Money
  readonly zNumber: number
  readonly deposits: readonly Deposit[]
}

type DepositJson = {
  deposit_id: string
  destination: 'SAFE' | 'BANK'
  amount_minor: string
  reference: string
  agent_user_id: string
  hand_over_time: string
  received_minor: string | null
  confirm_user_id: string | null
  confirm_time: string | null
}

type ShiftRow = {
  shift_id: string
  tenant_id: string
  agent_user_id: string
  device_id: string
  station_id: string
  state: ShiftState
  currency: string
  float_minor: string
  open_time: string
  count_time: string | null
  close_time: string | null
  denominations: { value: string; count: number }[] | null
  counted_minor: string | null
  expected_minor: string | null
  totals: { kind: MovementKind; count: number; minor: string }[] | null
  journal_through: string | null
  handed_over_minor: string
  z_number: number | null
  deposits: DepositJson[]
}

const whole = sql.raw(`s.*, (select coalesce(jsonb_agg(jsonb_build_object('deposit_id', d.deposit_id,
    'destination', d.destination, 'amount_minor', d.amount_minor::text, 'reference', d.reference,
    'agent_user_id', d.agent_user_id, 'hand_over_time', d.hand_over_time, 'received_minor', d.received_minor::text,
    'confirm_user_id', d.confirm_user_id, 'confirm_time', d.confirm_time) order by d.hand_over_time, d.deposit_id), '[]')
  from shift_deposit d where d.shift_id = s.shift_id) as deposits`)

/** What a shift begins with. */
export type NewShift = Pick<
  Shift,
  'shiftId' | 'tenantId' | 'agentUserId' | 'deviceId' | 'stationId' | 'float' | 'openTime'
>

/**
 * Opens a shift. Fails on `shift_open_of_agent` or `shift_open_of_device` when there is one, and on `shift_pkey` for an id
 * that is taken.
 */
export async function openShift(tx: Tx, shift: NewShift): Promise<void> {
  await run(
    tx,
    sql`
    insert into shift (shift_id, tenant_id, agent_user_id, device_id, station_id, state, currency, float_minor, open_time)
    values (${shift.shiftId}, ${shift.tenantId}, ${shift.agentUserId}, ${shift.deviceId}, ${shift.stationId}, 'OPEN',
      ${shift.float.currency}, ${shift.float.minor}, ${iso(shift.openTime)}::timestamptz)`,
  )
}

/** A shift by its id. Undefined when there is none among the rows that `db` may see. */
export async function readShift(db: Queries, shiftId: string): Promise<Shift | undefined> {
  const [row] = await run<ShiftRow>(db, sql`select ${whole} from shift s where s.shift_id = ${shiftId}`)
  return row && shiftFrom(row)
}

/** As {@link readShift}, and nobody else changes it until this transaction ends. */
export async function lockShift(tx: Tx, shiftId: string): Promise<Shift | undefined> {
  await run(tx, sql`select 1 from shift where shift_id = ${shiftId} for update`)
  return readShift(tx, shiftId)
}

/** When an agent last counted a till; undefined before the first time. */
export async function lastCountTime(db: Queries, tenantId: string, agentUserId: string): Promise<Date | undefined> {
  const [row] = await run<{ time: string | null }>(
    db,
    sql`select max(count_time) as time from shift where tenant_id = ${tenantId} and agent_user_id = ${agentUserId}`,
  )
  return instantOrNone(row?.time ?? null)
}

/** Makes an open shift COUNTED. */
export async function writeCount(tx: Tx, shiftId: string, count: Count, countTime: Date): Promise<void> {
  const denominations = count.denominations.map((one) => ({ value: one.value.minor.toString(), count: one.count }))
  const totals = count.totals.map((one) => ({ kind: one.kind, count: one.count, minor: one.amount.minor.toString() }))
  await run(
    tx,
    sql`
    update shift set state = 'COUNTED', count_time = ${iso(countTime)}::timestamptz,
      denominations = ${JSON.stringify(denominations)}::jsonb, counted_minor = ${count.counted.minor},
      expected_minor = ${count.expected.minor}, totals = ${JSON.stringify(totals)}::jsonb,
      journal_through = ${count.journalThrough}
    where shift_id = ${shiftId}`,
  )
}

/** Closes a counted shift under the next Z number of its till, and answers the number. */
export async function closeShift(tx: Tx, shift: Shift, closeTime: Date): Promise<number> {
  const [row] = await run<{ last_number: number }>(
    tx,
    sql`
    insert into z_counter (tenant_id, device_id, last_number) values (${shift.tenantId}, ${shift.deviceId}, 1)
    on conflict (tenant_id, device_id) do update set last_number = z_counter.last_number + 1
    returning last_number`,
  )
  const zNumber = row!.last_number
  await run(
    tx,
    sql`
    update shift set state = 'CLOSED', close_time = ${iso(closeTime)}::timestamptz, z_number = ${zNumber}
    where shift_id = ${shift.shiftId}`,
  )
  return zNumber
}

/** Keeps a Z report as it was made. */
export async function keepReport(tx: Tx, shift: Shift, report: Uint8Array, reportTime: Date): Promise<void> {
  await run(
    tx,
    sql`
    insert into z_report (shift_id, tenant_id, report, report_time)
    values (${shift.shiftId}, ${shift.tenantId}, decode(${Buffer.from(report).toString('base64')}, 'base64'),
      ${iso(reportTime)}::timestamptz)`,
  )
}

/** The Z report of a shift as it was made; undefined when it is not closed. */
export async function readReport(db: Queries, shiftId: string): Promise<Uint8Array | undefined> {
  const [row] = await run<{ report: string }>(
    db,
    sql`select encode(report, 'base64') as report from z_report where shift_id = ${shiftId}`,
  )
  return row && Buffer.from(row.report, 'base64')
}

/** Which shifts are listed. */
export type ShiftFilter = {
  /** Only this agent's; undefined means the company's. */
  readonly agentUserId: string | undefined
  readonly state: ShiftState | undefined
  readonly depositWaiting: boolean
  readonly limit: number
  readonly after: string | undefined
}

/** A page of shifts, newest first. */
export async function listShifts(tx: Tx, filter: ShiftFilter): Promise<Shift[]> {
  const conditions: (SQL | undefined)[] = [
    filter.agentUserId === undefined ? undefined : sql`s.agent_user_id = ${filter.agentUserId}`,
    filter.state && sql`s.state = ${filter.state}`,
    filter.after === undefined ? undefined : sql`s.shift_id < ${filter.after}::uuid`,
    filter.depositWaiting
      ? sql`exists (select 1 from shift_deposit d where d.shift_id = s.shift_id and d.confirm_time is null)`
      : undefined,
  ]
  const wanted = conditions.filter((one) => one !== undefined)
  const where = wanted.length === 0 ? sql`` : sql`where ${sql.join(wanted, sql` and `)}`
  const rows = await run<ShiftRow>(
    tx,
    sql`select ${whole} from shift s ${where} order by s.shift_id desc limit ${filter.limit}`,
  )
  return rows.map(shiftFrom)
}

/** An agent's shifts that were counted in `[start, end)`, oldest first. */
export async function countedShifts(
  tx: Tx,
  agent: { readonly agentUserId: string; readonly currency: string },
  period: { readonly start: Date; readonly end: Date },
): Promise<Shift[]> {
  const rows = await run<ShiftRow>(
    tx,
    sql`
    select ${whole} from shift s
    where s.agent_user_id = ${agent.agentUserId} and s.currency = ${agent.currency}
      and s.count_time >= ${iso(period.start)}::timestamptz and s.count_time < ${iso(period.end)}::timestamptz
    order by s.count_time, s.shift_id`,
  )
  return rows.map(shiftFrom)
}

/** The time zone that a company's trips are told in; undefined before its first trip. */
export async function companyZone(tx: Tx, tenantId: string): Promise<string | undefined> {
  const [row] = await run<{ time_zone: string }>(
    tx,
    sql`select time_zone from trip where tenant_id = ${tenantId} limit 1`,
  )
  return row?.time_zone
}

function shiftFrom(row: ShiftRow): Shift {
  const amount = (minor: string) => money(row.currency, BigInt(minor))
  return {
    shiftId: row.shift_id,
    tenantId: row.tenant_id,
    agentUserId: row.agent_user_id,
    deviceId: row.device_id,
    stationId: row.station_id,
    state: row.state,
    float: amount(row.float_minor),
    openTime: instant(row.open_time),
    countTime: instantOrNone(row.count_time),
    closeTime: instantOrNone(row.close_time),
    count: countFrom(row, amount),
    handedOver: amount(row.handed_over_minor),
    zNumber: row.z_number ?? 0,
    deposits: row.deposits.map((json) => depositFrom(json, row.shift_id, amount)),
  }
}

function countFrom(row: ShiftRow, amount: (minor: string) => Money): Count | undefined {
  const { denominations, counted_minor: counted, expected_minor: expected, totals, journal_through: through } = row
  if (denominations === null || counted === null || expected === null || totals === null || through === null) {
    return undefined
  }
  return {
    denominations: denominations.map(({ value, count }) => ({ value: amount(value), count })),
    counted: amount(counted),
    expected: amount(expected),
    totals: totals.map(({ kind, count, minor }) => ({ kind, count, amount: amount(minor) })),
    journalThrough: BigInt(through),
  }
}

function depositFrom(json: DepositJson, shiftId: string, amount: (minor: string) => Money): Deposit {
  return {
    depositId: json.deposit_id,
    shiftId,
    destination: json.destination,
    amount: amount(json.amount_minor),
    reference: json.reference,
    agentUserId: json.agent_user_id,
    handOverTime: instant(json.hand_over_time),
    received: json.received_minor === null ? undefined : amount(json.received_minor),
    confirmUserId: json.confirm_user_id ?? undefined,
    confirmTime: instantOrNone(json.confirm_time),
  }
}
