import { type SQL, sql } from 'drizzle-orm'
import type { Queries } from '#kit'
import type { LeasedSeat } from '../../domain/pos/plan_sale.ts'
import type { SeatClass } from '../../domain/ride.ts'
import { instant, run } from '../query.ts'
import { ticketFromJson, type TicketJson } from './ticket_json.ts'

/** A seat of a lease that somebody names. */
export type SeatName = { readonly leaseId: string; readonly seatLabel: string }

/** Seats by their names, in no order; those that were never lent are missing. */
export function leasedSeats(db: Queries, names: readonly SeatName[]): Promise<LeasedSeat[]> {
  const leaseIds = sql.param(names.map((name) => name.leaseId))
  const labels = sql.param(names.map((name) => name.seatLabel))
  return selectSeats(
    db,
    sql`join (select distinct * from unnest(${leaseIds}::uuid[], ${labels}::text[]) as n (lease_id, seat_label)) n
      on n.lease_id = s.lease_id and n.seat_label = s.seat_label`,
  )
}

/** The seats of some leases that are not sold or given back, by their labels. */
export async function openSeats(db: Queries, leaseIds: readonly string[]): Promise<LeasedSeat[]> {
  const seats = await selectSeats(db, sql`where s.lease_id = any(${sql.param(leaseIds)}::uuid[])`)
  return seats
    .filter(({ open }) => open)
    .sort((a, b) => a.seatLabel.localeCompare(b.seatLabel, 'en', { numeric: true }))
}

type SeatRow = {
  lease_id: string
  device_id: string
  trip_id: string
  from_sequence: number
  state: LeasedSeat['leaseState']
  expire_time: string
  seat_label: string
  seat_class: SeatClass
  booking_code: string
  currency: string
  tickets: TicketJson[]
  open: boolean
  void: boolean
}

async function selectSeats(db: Queries, which: SQL): Promise<LeasedSeat[]> {
  const rows = await run<SeatRow>(
    db,
    sql`
    select l.lease_id, l.device_id, l.trip_id, l.from_sequence, l.state, l.expire_time, s.seat_label, s.seat_class,
      s.booking_code, s.currency, s.tickets, s.let_go_time is not null as void,
      exists (select 1 from seat_claim c where c.lease_id = s.lease_id and c.seat_label = s.seat_label
        and c.booking_id is null and c.release_time is null) as open
    from seat_lease_seat s join seat_lease l on l.lease_id = s.lease_id ${which}`,
  )
  return rows.map(seatFrom)
}

function seatFrom(row: SeatRow): LeasedSeat {
  return {
    leaseId: row.lease_id,
    deviceId: row.device_id,
    tripId: row.trip_id,
    fromSequence: row.from_sequence,
    leaseState: row.state,
    expireTime: instant(row.expire_time),
    seatLabel: row.seat_label,
    seatClass: row.seat_class,
    bookingCode: row.booking_code,
    currency: row.currency,
    tickets: row.tickets.map(ticketFromJson),
    open: row.open,
    void: row.void,
  }
}
