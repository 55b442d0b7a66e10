import { sql } from 'drizzle-orm'
import type { Queries, Tx } from '#kit'
import { type Legs, rangeText } from '../../domain/legs.ts'
import type { LeasedTicket } from '../../domain/pos/plan_sale.ts'
import type { SeatClass } from '../../domain/ride.ts'
import type { SalesTerms } from '../../domain/sales_terms.ts'
import { type Basis, expiredReleased, fenceDrawn, seatsLocked, tripOnSale } from '../claims.ts'
import { instant, iso, run } from '../query.ts'
import { ticketToJson } from './ticket_json.ts'

/** Where a lease stands. */
export type LeaseState = 'ACTIVE' | 'RETURNED' | 'EXPIRED' | 'REVOKED'

/** A lease without its seats. */
export type Lease = {
  readonly leaseId: string
  readonly tenantId: string
  readonly deviceId: string
  readonly tripId: string
  readonly fromSequence: number
  readonly toSequence: number
  readonly state: LeaseState
  readonly createTime: Date
  readonly expireTime: Date
  readonly graceEndTime: Date
}

/** A seat that is to be lent, with its tickets. */
export type SeatToLend = {
  readonly claimId: string
  readonly seatLabel: string
  readonly seatClass: SeatClass
  readonly bookingCode: string
  readonly currency: string
  readonly tickets: readonly LeasedTicket[]
}

/** All that is written when seats are lent. */
export type LeasePlan = Omit<Lease, 'state'> & {
  readonly legs: Legs
  readonly basis: Basis
  readonly terms: SalesTerms
  readonly seats: readonly SeatToLend[]
}

/**
 * Lends seats to a device, in one statement; which of them, the database decides as it does for holds.
 *
 * @returns the seats that were free; undefined when the trip is not what `basis` says any more, or is not sold
 */
export async function lendSeats(tx: Tx, plan: LeasePlan): Promise<string[] | undefined> {
  const labels = plan.seats.map((seat) => seat.seatLabel)
  const now = plan.createTime
  const [row] = await run<{ lent: string[] }>(
    tx,
    sql`
    with ${tripOnSale(plan.tripId, plan.basis, now)},
    ${seatsLocked(plan.tripId, labels)},
    ${expiredReleased(plan.tripId, labels, plan.legs, now)},
    ${fenceDrawn},
    lease as (
      insert into seat_lease (lease_id, tenant_id, device_id, trip_id, from_sequence, to_sequence, state, create_time,
        expire_time, grace_end_time)
      select ${plan.leaseId}::uuid, ${plan.tenantId}::uuid, ${plan.deviceId}::uuid, ${plan.tripId}::uuid,
        ${plan.fromSequence}::int, ${plan.toSequence}::int, 'ACTIVE', ${iso(now)}::timestamptz,
        ${iso(plan.expireTime)}::timestamptz, ${iso(plan.graceEndTime)}::timestamptz
      from token
      returning lease_id, tenant_id, trip_id, grace_end_time
    ),
    wanted as (
      select * from jsonb_to_recordset(${seatsJson(plan.seats)}::jsonb) as w (claim_id uuid, seat_label text,
        seat_class text, booking_code text, currency text, tickets jsonb)
    ),
    claimed as (
      insert into seat_claim (claim_id, tenant_id, trip_id, seat_label, seat_class, legs, lease_id, fence,
        hold_expire_time)
      select w.claim_id, l.tenant_id, l.trip_id, w.seat_label, w.seat_class, ${rangeText(plan.legs)}::int4range,
        l.lease_id, token.fence, l.grace_end_time
      from lease l, token, wanted w order by w.seat_label
      on conflict on constraint seat_claim_no_overlap do nothing
      returning seat_label
    ),
    kept as (
      insert into seat_lease_seat (lease_id, seat_label, tenant_id, seat_class, booking_code, currency, tickets)
      select l.lease_id, w.seat_label, l.tenant_id, w.seat_class, w.booking_code, w.currency, w.tickets
      from lease l, wanted w join claimed c on c.seat_label = w.seat_label
    )
    select array(select seat_label from claimed) as lent from lease`,
  )
  return row?.lent
}

function seatsJson(seats: readonly SeatToLend[]): string {
  return JSON.stringify(
    seats.map((seat) => ({
      claim_id: seat.claimId,
      seat_label: seat.seatLabel,
      seat_class: seat.seatClass,
      booking_code: seat.bookingCode,
      currency: seat.currency,
      tickets: seat.tickets.map(ticketToJson),
    })),
  )
}

/** How many seats of a trip a device has that it has not sold. */
export async function openSeatsOf(tx: Tx, deviceId: string, tripId: string): Promise<number> {
  const [row] = await run<{ seats: number }>(
    tx,
    sql`select count(*)::int as seats from seat_lease l
      join seat_claim c on c.lease_id = l.lease_id and c.booking_id is null and c.release_time is null
      where l.device_id = ${deviceId} and l.trip_id = ${tripId} and l.state = 'ACTIVE'`,
  )
  return row?.seats ?? 0
}

/** Unsold seats of a trip that a device has been lent. */
export type LentSeats = {
  readonly deviceId: string
  readonly deviceName: string
  readonly seatLabels: readonly string[]
}

/** Who has been lent seats of a trip, by the devices' names. */
export async function lentOn(tx: Tx, tripId: string): Promise<LentSeats[]> {
  const rows = await run<{ device_id: string; name: string; seats: string[] }>(
    tx,
    sql`select d.device_id, d.name, array_agg(c.seat_label order by c.seat_label) as seats
      from seat_lease l join pos_device d on d.device_id = l.device_id
      join seat_claim c on c.lease_id = l.lease_id and c.booking_id is null and c.release_time is null
      where l.trip_id = ${tripId} and l.state = 'ACTIVE' group by d.device_id, d.name order by d.name, d.device_id`,
  )
  return rows.map((row) => ({ deviceId: row.device_id, deviceName: row.name, seatLabels: row.seats }))
}

type LeaseRow = {
  lease_id: string
  tenant_id: string
  device_id: string
  trip_id: string
  from_sequence: number
  to_sequence: number
  state: LeaseState
  create_time: string
  expire_time: string
  grace_end_time: string
}

const leaseColumns = sql.raw(
  'lease_id, tenant_id, device_id, trip_id, from_sequence, to_sequence, state, create_time, expire_time, grace_end_time',
)

/** A lease; undefined when there is none among the rows that `db` may see. */
export async function readLease(db: Queries, leaseId: string): Promise<Lease | undefined> {
  const [row] = await run<LeaseRow>(db, sql`select ${leaseColumns} from seat_lease where lease_id = ${leaseId}`)
  return row && leaseFrom(row)
}

/** The active leases of a device, oldest first. */
export async function leasesOf(db: Queries, deviceId: string, limit: number): Promise<Lease[]> {
  const rows = await run<LeaseRow>(
    db,
    sql`select ${leaseColumns} from seat_lease where device_id = ${deviceId} and state = 'ACTIVE'
      order by lease_id limit ${limit}`,
  )
  return rows.map(leaseFrom)
}

/** Until when leases last, counted from an instant. */
export type LeaseTimes = { readonly expireTime: Date; readonly graceEndTime: Date; readonly now: Date }

/**
 * Makes active leases of a device last longer, with the claims of their unsold seats.
 *
 * @param leaseIds undefined for all that it has
 */
export async function extendLeases(
  tx: Tx,
  deviceId: string,
  leaseIds: readonly string[] | undefined,
  { expireTime, graceEndTime, now }: LeaseTimes,
): Promise<Lease[]> {
  const ids = sql`${sql.param(leaseIds ?? null)}::uuid[]`
  const rows = await run<LeaseRow>(
    tx,
    sql`
    with lasting as (
      update seat_lease set expire_time = greatest(expire_time, ${iso(expireTime)}::timestamptz),
        grace_end_time = greatest(grace_end_time, ${iso(graceEndTime)}::timestamptz)
      where device_id = ${deviceId} and state = 'ACTIVE' and grace_end_time > ${iso(now)}::timestamptz
        and (${ids} is null or lease_id = any(${ids}))
      returning ${leaseColumns}
    ),
    held as (
      update seat_claim c set hold_expire_time = l.grace_end_time from lasting l
      where c.lease_id = l.lease_id and c.booking_id is null and c.release_time is null
    )
    select * from lasting order by lease_id`,
  )
  return rows.map(leaseFrom)
}

/** Offers the unsold seats of a lease anew: by seat, its tickets. */
export async function offerAnew(
  tx: Tx,
  leaseId: string,
  seats: readonly { readonly seatLabel: string; readonly tickets: readonly LeasedTicket[] }[],
): Promise<void> {
  const json = JSON.stringify(
    seats.map(({ seatLabel, tickets }) => ({ seat_label: seatLabel, tickets: tickets.map(ticketToJson) })),
  )
  await run(
    tx,
    sql`update seat_lease_seat s set tickets = o.tickets
      from jsonb_to_recordset(${json}::jsonb) as o (seat_label text, tickets jsonb)
      where s.lease_id = ${leaseId} and s.seat_label = o.seat_label`,
  )
}

function leaseFrom(row: LeaseRow): Lease {
  return {
    leaseId: row.lease_id,
    tenantId: row.tenant_id,
    deviceId: row.device_id,
    tripId: row.trip_id,
    fromSequence: row.from_sequence,
    toSequence: row.to_sequence,
    state: row.state,
    createTime: instant(row.create_time),
    expireTime: instant(row.expire_time),
    graceEndTime: instant(row.grace_end_time),
  }
}
