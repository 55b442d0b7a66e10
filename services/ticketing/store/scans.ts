import { sql } from 'drizzle-orm'
import type { Queries, Tx } from '#kit'
import type { TicketState } from '../domain/booking.ts'
import type { OfflineScan, ScannedTicket, ScanResult } from '../domain/scan.ts'
import { instant, instantOrNone, iso, run } from './query.ts'

/** A ticket that was scanned, with what a conflict tells of its first scan. */
export type LockedTicket = ScannedTicket & {
  readonly boardDevice: string
  readonly boardSequence: number
  readonly boardTime: Date | undefined
}

type TicketRow = {
  ticket_id: string
  trip_id: string
  code: string
  state: TicketState
  from_sequence: number
  to_sequence: number
  scan_id: string | null
  board_device: string | null
  board_sequence: number | null
  board_time: string | null
}

/** Tickets of the company by their ids, locked until the transaction ends; those that are not the company's are missing. */
export async function lockTickets(tx: Tx, ticketIds: readonly string[]): Promise<Map<string, LockedTicket>> {
  // Bookings before tickets, as everybody who moves or misses passengers does.
  await run(
    tx,
    sql`select 1 from booking where booking_id in (
        select booking_id from ticket where ticket_id = any(${sql.param(ticketIds)}::uuid[]))
      order by booking_id for update`,
  )
  const rows = await run<TicketRow>(
    tx,
    sql`
    select k.ticket_id, k.trip_id, k.code, k.state, b.from_sequence, b.to_sequence, k.scan_id, k.board_device,
      k.board_sequence, k.board_time
    from ticket k join booking b on b.booking_id = k.booking_id
    where k.ticket_id = any(${sql.param(ticketIds)}::uuid[])
    order by k.ticket_id for update of k`,
  )
  return new Map(rows.map((row) => [row.ticket_id, ticketFrom(row)]))
}

function ticketFrom(row: TicketRow): LockedTicket {
  return {
    ticketId: row.ticket_id,
    tripId: row.trip_id,
    code: row.code,
    state: row.state,
    fromSequence: row.from_sequence,
    toSequence: row.to_sequence,
    boardScanId: row.scan_id ?? undefined,
    boardDevice: row.board_device ?? '',
    boardSequence: row.board_sequence ?? 0,
    boardTime: instantOrNone(row.board_time),
  }
}

/** Results of scans that were uploaded before, by scan. */
export async function knownResults(db: Queries, scanIds: readonly string[]): Promise<Map<string, ScanResult>> {
  const rows = await run<{ scan_id: string; result: ScanResult }>(
    db,
    sql`select scan_id, result from scan where scan_id = any(${sql.param(scanIds)}::uuid[])`,
  )
  return new Map(rows.map((row) => [row.scan_id, row.result]))
}

/** One upload: whose, from which device, and when we heard of it. */
export type Upload = {
  readonly tenantId: string
  readonly userId: string
  readonly deviceId: string
  readonly now: Date
}

/** A scan, its device's time, and what became of it. */
export type JudgedScan = OfflineScan & { readonly deviceTime: Date; readonly result: ScanResult }

/** Boards the tickets of scans that were found good. */
export async function boardScanned(tx: Tx, { deviceId, now }: Upload, scans: readonly JudgedScan[]): Promise<void> {
  await run(
    tx,
    sql`
    update ticket k set state = 'BOARDED', board_time = ${iso(now)}::timestamptz, board_sequence = s.stop_sequence,
      board_device = ${deviceId}, scan_id = s.scan_id
    from jsonb_to_recordset(${scansJson(scans)}::jsonb) as s (scan_id uuid, ticket_id uuid, stop_sequence int)
    where k.ticket_id = s.ticket_id and k.state = 'ISSUED'`,
  )
}

/** Boards those of some tickets that were just sold which a scan let on before. */
export async function boardScannedBefore(tx: Tx, ticketIds: readonly string[]): Promise<void> {
  await run(
    tx,
    sql`
    update ticket k set state = 'BOARDED', board_time = s.receive_time, board_sequence = s.stop_sequence,
      board_device = s.device_id, scan_id = s.scan_id
    from (
      select distinct on (ticket_id) ticket_id, scan_id, device_id, stop_sequence, receive_time from scan
      where ticket_id = any(${sql.param(ticketIds)}::uuid[]) and result = 'BOARDED' order by ticket_id, receive_time
    ) s
    where k.ticket_id = s.ticket_id and k.state = 'ISSUED'`,
  )
}

/** Keeps scans with their results. Those that another upload brought at the same moment stay as they are. */
export async function keepScans(tx: Tx, upload: Upload, scans: readonly JudgedScan[]): Promise<void> {
  const { tenantId, userId, deviceId, now } = upload
  await run(
    tx,
    sql`
    insert into scan (tenant_id, scan_id, trip_id, ticket_id, stop_sequence, device_id, user_id, by_hand, result,
      device_time, receive_time)
    select ${tenantId}::uuid, s.scan_id, s.trip_id, s.ticket_id, s.stop_sequence, ${deviceId}, ${userId}::uuid,
      s.by_hand, s.result, s.device_time, ${iso(now)}::timestamptz
    from jsonb_to_recordset(${scansJson(scans)}::jsonb) as s (scan_id uuid, trip_id uuid, ticket_id uuid,
      stop_sequence int, by_hand boolean, result text, device_time timestamptz)
    on conflict do nothing`,
  )
}

function scansJson(scans: readonly JudgedScan[]): string {
  return JSON.stringify(
    scans.map((scan) => ({
      scan_id: scan.scanId,
      trip_id: scan.tripId,
      ticket_id: scan.ticketId,
      stop_sequence: scan.stopSequence,
      by_hand: scan.code === '',
      result: scan.result,
      device_time: iso(scan.deviceTime),
    })),
  )
}

/** A scan by which a ticket counts as boarded. */
export type FirstScan = {
  readonly scanId: string
  readonly deviceId: string
  readonly sequence: number
  readonly receiveTime: Date
}

/** What a scan has shown to be wrong. */
export type NewConflict = {
  readonly conflictId: string
  readonly scan: JudgedScan
  readonly first: FirstScan | undefined
}

/** Keeps what scans have shown to be wrong. */
export async function keepConflicts(tx: Tx, upload: Upload, conflicts: readonly NewConflict[]): Promise<void> {
  const json = JSON.stringify(
    conflicts.map(({ conflictId, scan, first }) => ({
      conflict_id: conflictId,
      scan_id: scan.scanId,
      trip_id: scan.tripId,
      ticket_id: scan.ticketId,
      first_scan_id: first?.scanId ?? null,
      first_device_id: first?.deviceId ?? null,
      first_sequence: first?.sequence ?? null,
      first_receive_time: first ? iso(first.receiveTime) : null,
    })),
  )
  await run(
    tx,
    sql`
    insert into scan_conflict (conflict_id, tenant_id, scan_id, trip_id, ticket_id, first_scan_id, first_device_id,
      first_sequence, first_receive_time, find_time)
    select c.conflict_id, ${upload.tenantId}::uuid, c.scan_id, c.trip_id, c.ticket_id, c.first_scan_id,
      c.first_device_id, c.first_sequence, c.first_receive_time, ${iso(upload.now)}::timestamptz
    from jsonb_to_recordset(${json}::jsonb) as c (conflict_id uuid, scan_id uuid, trip_id uuid, ticket_id uuid,
      first_scan_id uuid, first_device_id text, first_sequence int, first_receive_time timestamptz)
    on conflict (tenant_id, scan_id) do nothing`,
  )
}

/** A conflict with its scans and its passenger. */
export type ScanConflict = {
  readonly conflictId: string
  readonly tripId: string
  readonly ticketId: string
  readonly result: ScanResult
  readonly scan: ScanFacts
  readonly first: ScanFacts | undefined
  readonly passenger: { readonly name: string; readonly bookingCode: string; readonly position: number } | undefined
  readonly findTime: Date
}

/** One scan of a ticket; the device's time is unknown for scans with a network. */
export type ScanFacts = {
  readonly scanId: string
  readonly deviceId: string
  readonly userId: string
  readonly sequence: number
  readonly deviceTime: Date | undefined
  readonly receiveTime: Date
}

type ConflictRow = {
  conflict_id: string
  trip_id: string
  ticket_id: string
  result: ScanResult
  find_time: string
  scan_id: string
  device_id: string
  user_id: string
  stop_sequence: number
  device_time: string
  receive_time: string
  first_scan_id: string | null
  first_device_id: string | null
  first_sequence: number | null
  first_receive_time: string | null
  first_user_id: string | null
  first_device_time: string | null
  name: string | null
  booking_code: string | null
  position: number | null
}

/** Which conflicts, and where a page goes on. */
export type ConflictQuery = {
  readonly tripId: string | undefined
  readonly scanIds?: readonly string[]
  readonly limit: number
  readonly after: { readonly findTime: string; readonly conflictId: string } | undefined
}

/** Conflicts of the company, newest first. */
export async function listConflicts(db: Queries, query: ConflictQuery): Promise<ScanConflict[]> {
  const { tripId, scanIds, limit, after } = query
  const rows = await run<ConflictRow>(
    db,
    sql`
    select c.conflict_id, c.trip_id, c.ticket_id, s.result, c.find_time, s.scan_id, s.device_id, s.user_id,
      s.stop_sequence, s.device_time, s.receive_time, c.first_scan_id, c.first_device_id, c.first_sequence,
      c.first_receive_time, f.user_id as first_user_id, f.device_time as first_device_time,
      p.name, b.booking_code, p.position
    from scan_conflict c
    join scan s on s.tenant_id = c.tenant_id and s.scan_id = c.scan_id
    left join scan f on f.tenant_id = c.tenant_id and f.scan_id = c.first_scan_id
    left join ticket k on k.ticket_id = c.ticket_id
    left join passenger p on p.booking_id = k.booking_id and p.position = k.position
    left join booking b on b.booking_id = k.booking_id
    where (${tripId ?? null}::uuid is null or c.trip_id = ${tripId ?? null}::uuid)
      and (${sql.param(scanIds ?? null)}::uuid[] is null or c.scan_id = any(${sql.param(scanIds ?? null)}::uuid[]))
      and (${after?.findTime ?? null}::timestamptz is null
        or (c.find_time, c.conflict_id) < (${after?.findTime ?? null}::timestamptz, ${after?.conflictId ?? null}::uuid))
    order by c.find_time desc, c.conflict_id desc limit ${limit}`,
  )
  return rows.map(conflictFrom)
}

function conflictFrom(row: ConflictRow): ScanConflict {
  const { name, booking_code: bookingCode, position } = row
  return {
    conflictId: row.conflict_id,
    tripId: row.trip_id,
    ticketId: row.ticket_id,
    result: row.result,
    scan: {
      scanId: row.scan_id,
      deviceId: row.device_id,
      userId: row.user_id,
      sequence: row.stop_sequence,
      deviceTime: instant(row.device_time),
      receiveTime: instant(row.receive_time),
    },
    first: firstFrom(row),
    passenger: name === null || bookingCode === null || position === null ? undefined : { name, bookingCode, position },
    findTime: instant(row.find_time),
  }
}

function firstFrom(row: ConflictRow): ScanFacts | undefined {
  if (row.first_scan_id === null || row.first_receive_time === null) return undefined
  return {
    scanId: row.first_scan_id,
    deviceId: row.first_device_id ?? '',
    userId: row.first_user_id ?? '',
    sequence: row.first_sequence ?? 0,
    deviceTime: instantOrNone(row.first_device_time),
    receiveTime: instant(row.first_receive_time),
  }
}
