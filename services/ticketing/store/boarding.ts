import { sql } from 'drizzle-orm'
import type { Queries, Tx } from '#kit'
import type { TicketState } from '../domain/booking.ts'
import type { SeatClass } from '../domain/ride.ts'
import { instant, instantOrNone, iso, run } from './query.ts'

/** One line of a trip's list of passengers. */
export type ManifestLine = {
  readonly ticketId: string
  readonly tenantId: string
  readonly tripId: string
  readonly position: number
  readonly state: TicketState
  readonly boardTime: Date | undefined
  readonly passengerName: string
  readonly seatLabel: string
  readonly seatClass: SeatClass
  readonly fromSequence: number
  readonly toSequence: number
  readonly bookingCode: string
  readonly bookingId: string
  readonly phone: string
  /** When and where the bus left without the passenger. */
  readonly missed: { readonly sequence: number; readonly time: Date } | undefined
}

/** A line as it is selected. */
export type ManifestRow = {
  ticket_id: string
  tenant_id: string
  trip_id: string
  position: number
  state: TicketState
  board_time: string | null
  name: string
  seat_label: string
  seat_class: SeatClass
  from_sequence: number
  to_sequence: number
  booking_code: string
  booking_id: string
  phone: string
  no_show_sequence: number | null
  no_show_time: string | null
}

/** What is selected of a passenger's line; with {@link passengerOfTicket}. */
export const line =
  sql.raw(`k.ticket_id, k.tenant_id, k.trip_id, k.position, k.state, k.board_time, p.name, p.seat_label, p.seat_class,
  b.from_sequence, b.to_sequence, b.booking_code, b.booking_id, b.phone, k.no_show_sequence, k.no_show_time`)

/** Joins passenger `p` and booking `b` to ticket `k`. */
export const passengerOfTicket = sql.raw(`join passenger p on p.booking_id = k.booking_id and p.position = k.position
  join booking b on b.booking_id = k.booking_id`)

/** A scan of a ticket at a stop. */
export type Scan = {
  readonly ticketId: string
  readonly tripId: string
  readonly stopSequence: number
  readonly scanId: string
  readonly deviceId: string
  readonly now: Date
}

/**
 * Boards a ticket: once, on its own trip and leg.
 *
 * Undefined when it cannot be: somebody boarded with it, it is void, or of another trip or leg.
 */
export async function boardIssued(tx: Tx, scan: Scan): Promise<ManifestLine | undefined> {
  const [row] = await run<ManifestRow>(
    tx,
    sql`
    update ticket k set state = 'BOARDED', board_time = ${iso(scan.now)}::timestamptz,
      board_sequence = ${scan.stopSequence}, board_device = ${scan.deviceId}, scan_id = ${scan.scanId}
    from passenger p, booking b
    where k.ticket_id = ${scan.ticketId} and k.trip_id = ${scan.tripId} and k.state = 'ISSUED'
      and p.booking_id = k.booking_id and p.position = k.position and b.booking_id = k.booking_id
      and b.from_sequence <= ${scan.stopSequence} and ${scan.stopSequence} < b.to_sequence
    returning ${line}`,
  )
  return row && lineFrom(row)
}

/** One ticket with its passenger. Undefined when the company has no such ticket. */
export async function readTicket(tx: Queries, ticketId: string): Promise<ManifestLine | undefined> {
  const [row] = await run<ManifestRow>(
    tx,
    sql`select ${line} from ticket k ${passengerOfTicket} where k.ticket_id = ${ticketId}`,
  )
  return row && lineFrom(row)
}

/** Where a page of a list of passengers goes on. */
export type ManifestCursor = { readonly seatLabel: string; readonly ticketId: string }

/** A page of a trip's tickets that are not void, by seat. */
export async function listManifest(
  tx: Tx,
  tripId: string,
  page: { readonly limit: number; readonly after: ManifestCursor | undefined },
): Promise<ManifestLine[]> {
  const start = page.after
    ? sql`and (p.seat_label, k.ticket_id) > (${page.after.seatLabel}, ${page.after.ticketId}::uuid)`
    : sql``
  const rows = await run<ManifestRow>(
    tx,
    sql`select ${line} from ticket k ${passengerOfTicket}
      where k.trip_id = ${tripId} and k.state <> 'VOID' ${start}
      order by p.seat_label, k.ticket_id limit ${page.limit}`,
  )
  return rows.map(lineFrom)
}

/** Whether the trip is known, among the rows that `db` may see. */
export async function tripExists(db: Queries, tripId: string): Promise<boolean> {
  const rows = await run(db, sql`select 1 from trip where trip_id = ${tripId}`)
  return rows.length > 0
}

/** A line as the rest of the service takes it. */
export function lineFrom(row: ManifestRow): ManifestLine {
  return {
    ticketId: row.ticket_id,
    tenantId: row.tenant_id,
    tripId: row.trip_id,
    position: row.position,
    state: row.state,
    boardTime: instantOrNone(row.board_time),
    passengerName: row.name,
    seatLabel: row.seat_label,
    seatClass: row.seat_class,
    fromSequence: row.from_sequence,
    toSequence: row.to_sequence,
    bookingCode: row.booking_code,
    bookingId: row.booking_id,
    phone: row.phone,
    missed: missedFrom(row),
  }
}

function missedFrom({ no_show_sequence: sequence, no_show_time: time }: ManifestRow) {
  return sequence === null || time === null ? undefined : { sequence, time: instant(time) }
}
