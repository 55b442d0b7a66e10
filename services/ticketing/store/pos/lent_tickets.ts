import { sql } from 'drizzle-orm'
import type { Tx } from '#kit'
import { instant, run } from '../query.ts'
import type { LockedTicket } from '../scans.ts'

/** A ticket that somebody shows. */
export type ShownTicket = { readonly ticketId: string; readonly tripId: string }

type LentRow = {
  ticket_id: string
  trip_id: string
  code: string
  from_sequence: number
  to_sequence: number
  void: boolean
  scan_id: string | null
  device_id: string | null
  stop_sequence: number | null
  receive_time: string | null
}

/**
 * Tickets that counters were lent for trips: good, although we have not heard that they were sold. Their seats are kept as
 * they are until the transaction ends, so that a sale that arrives meanwhile comes after it. Others are missing.
 */
export async function lockLentTickets(tx: Tx, shown: readonly ShownTicket[]): Promise<Map<string, LockedTicket>> {
  const lent = sql`select l.lease_id, l.trip_id, l.from_sequence, s.seat_label, s.let_go_time is not null as void,
      (t ->> 'ticket_id')::uuid as ticket_id, (t ->> 'to_sequence')::int as to_sequence, t ->> 'code' as code
    from seat_lease l join seat_lease_seat s on s.lease_id = l.lease_id
    cross join lateral jsonb_array_elements(s.tickets) t
    where l.trip_id = any(${sql.param(shown.map(({ tripId }) => tripId))}::uuid[])
      and (t ->> 'ticket_id')::uuid = any(${sql.param(shown.map(({ ticketId }) => ticketId))}::uuid[])`
  await run(
    tx,
    sql`select c.claim_id from seat_claim c join (${lent}) n on n.lease_id = c.lease_id and n.seat_label = c.seat_label
      where c.booking_id is null and c.release_time is null order by c.claim_id for update of c`,
  )
  // Behind the lock: another scan of the same ticket may have come first.
  const rows = await run<LentRow>(
    tx,
    sql`select n.ticket_id, n.trip_id, n.code, n.from_sequence, n.to_sequence, n.void, f.scan_id, f.device_id,
        f.stop_sequence, f.receive_time
      from (${lent}) n left join lateral (
        select scan_id, device_id, stop_sequence, receive_time from scan
        where ticket_id = n.ticket_id and result = 'BOARDED' order by receive_time limit 1) f on true`,
  )
  return new Map(rows.map((row) => [row.ticket_id, lentFrom(row)]))
}

function lentFrom(row: LentRow): LockedTicket {
  return {
    ticketId: row.ticket_id,
    tripId: row.trip_id,
    code: row.code,
    state: row.void ? 'VOID' : row.scan_id === null ? 'ISSUED' : 'BOARDED',
    fromSequence: row.from_sequence,
    toSequence: row.to_sequence,
    boardScanId: row.scan_id ?? undefined,
    boardDevice: row.device_id ?? '',
    boardSequence: row.stop_sequence ?? 0,
    boardTime: row.receive_time === null ? undefined : instant(row.receive_time),
  }
}
