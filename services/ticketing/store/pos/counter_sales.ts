import { sql } from 'drizzle-orm'
import type { Tx } from '#kit'
import type { SeatClass } from '../../domain/ride.ts'
import type { PriceLine, Traveller } from '../../domain/pricing.ts'
import { linesToJson } from '../prices.ts'
import { iso, run } from '../query.ts'

/** A sale as it is written: the seat is its own, or there is none and its money is owed. */
export type CounterSale = {
  readonly saleId: string
  readonly deviceId: string
  readonly tripId: string
  readonly fromSequence: number
  readonly toSequence: number
  readonly departureTime: Date
  readonly bookingCode: string
  readonly passengerName: string
  readonly phone: string
  readonly language: string
  readonly currency: string
  readonly priceMinor: bigint
  readonly saleTime: Date
  readonly termsVersion: bigint
  readonly traveller: Traveller
  readonly priceLines: readonly PriceLine[]
  readonly seatLabel: string
  readonly seatClass: SeatClass
  /** The lease that its seat is taken from; undefined for one from the shared stock, or none. */
  readonly leaseId: string | undefined
  /** Of the claim that it makes where it has none from a lease. */
  readonly claimId: string
  readonly ticket: { readonly ticketId: string; readonly code: string } | undefined
}

/**
 * Writes sales whose seats are lent to their device: each lent claim becomes the booking's, on the legs that were sold. What
 * was lent beyond them is free for everybody. One statement, whose text is the same for any number of sales.
 *
 * @returns how many found their seat; when it is fewer than were given, roll back and look again
 */
export async function sellLent(tx: Tx, tenantId: string, sales: readonly CounterSale[], now: Date): Promise<number> {
  const [row] = await run<{ seats: number }>(
    tx,
    sql`
    with given as materialized (${given(sales)}),
    ${running},
    claimed as (
      update seat_claim c set booking_id = g.sale_id, legs = int4range(g.from_sequence, g.to_sequence),
        hold_expire_time = null, release_time = null
      from given g join running r on r.trip_id = g.trip_id
      where c.lease_id = g.lease_id and c.seat_label = g.seat_label and c.booking_id is null and c.release_time is null
      returning g.sale_id, c.fence
    ),
    ${booked(tenantId, now)}
    select count(*)::int as seats from ticketed`,
  )
  return row?.seats ?? 0
}

/**
 * Writes sales whose seats are not lent to their device any more: from the shared stock, if they are free and the trip runs.
 *
 * @returns how many found their seat; when it is fewer than were given, roll back and look again
 */
export async function sellFree(tx: Tx, tenantId: string, sales: readonly CounterSale[], now: Date): Promise<number> {
  const [row] = await run<{ seats: number }>(
    tx,
    sql`
    with given as materialized (${given(sales)}),
    ${running},
    seat as (
      select z.trip_id, z.seat_label from trip_seat z join given g on g.trip_id = z.trip_id and g.seat_label = z.seat_label
      order by z.trip_id, z.seat_label for update of z
    ),
    expired as (
      update seat_claim set release_time = ${iso(now)}::timestamptz
      where claim_id in (
        select e.claim_id from seat_claim e join given g on g.trip_id = e.trip_id and g.seat_label = e.seat_label
          and e.legs && int4range(g.from_sequence, g.to_sequence)
        where e.release_time is null and e.hold_expire_time <= ${iso(now)}::timestamptz
        for update of e skip locked)
      returning claim_id
    ),
    ready as (select (select count(*) from seat) as locked, (select count(*) from expired) as released),
    claimed as (
      insert into seat_claim (claim_id, tenant_id, trip_id, seat_label, seat_class, legs, booking_id, fence)
      select g.claim_id, ${tenantId}::uuid, g.trip_id, g.seat_label, g.seat_class,
        int4range(g.from_sequence, g.to_sequence), g.sale_id, nextval('seat_fence')
      from ready, given g join running r on r.trip_id = g.trip_id
      order by g.trip_id, g.seat_label
      on conflict on constraint seat_claim_no_overlap do nothing
      returning booking_id as sale_id, fence
    ),
    ${booked(tenantId, now)}
    select count(*)::int as seats from ticketed`,
  )
  return row?.seats ?? 0
}

/** Writes sales for which there is no seat: bookings that are cancelled from the start, whose money is owed. */
export async function writeSeatless(tx: Tx, tenantId: string, sales: readonly CounterSale[], now: Date): Promise<void> {
  await run(
    tx,
    sql`
    with given as materialized (${given(sales)}),
    ended as (
      insert into booking (${bookingColumns}, cancel_time, cancel_cause, cancel_reason)
      select ${bookingValues(tenantId)}, 'CANCELLED', 0, g.sale_time, ${iso(now)}::timestamptz, 'COMPANY',
        'no seat was left when the sale arrived'
      from given g
      returning booking_id
    )
    insert into passenger (${passengerColumns}) select ${passengerValues(tenantId)} from given g`,
  )
}

/** CTE `running`: the trips that run; none of them is cancelled, or given another bus, before the transaction ends. */
const running = sql.raw(`running as (
      select s.trip_id from trip_state s
      where s.trip_id in (select trip_id from given) and s.state <> 'CANCELLED' order by s.trip_id for share
    )`)

const bookingColumns = sql.raw(`booking_id, tenant_id, user_id, booking_code, trip_id, from_sequence, to_sequence,
  departure_time, seat_count, phone, email, language, currency, total_minor, payment_intent_id, hold_expire_time,
  create_time, sales_channel, terms_version, state, fence, confirm_time`)

const passengerColumns = sql.raw(`booking_id, position, tenant_id, user_id, name, seat_label, seat_class, price_minor,
  age_group, residency, price_lines`)

/** A sale at a counter has one passenger. */
function passengerValues(tenantId: string) {
  return sql`g.sale_id, 0, ${tenantId}::uuid, g.device_id, g.passenger_name, g.seat_label, g.seat_class, g.price_minor,
    g.age_group, g.residency, g.price_lines`
}

/** Everything but state, fence and time of confirmation. A sale at a counter belongs to its device. */
function bookingValues(tenantId: string) {
  return sql`g.sale_id, ${tenantId}::uuid, g.device_id, g.booking_code, g.trip_id, g.from_sequence, g.to_sequence,
    g.departure_time, 1, g.phone, '', g.language, g.currency, g.price_minor, g.sale_id, g.sale_time, g.sale_time,
    'COUNTER', g.terms_version`
}

/** CTEs that follow `claimed`: the booking, its passenger and its ticket for each claim. */
function booked(tenantId: string, now: Date) {
  return sql`sold as (
      insert into booking (${bookingColumns})
      select ${bookingValues(tenantId)}, 'CONFIRMED', c.fence, ${iso(now)}::timestamptz
      from given g join claimed c on c.sale_id = g.sale_id
      returning booking_id
    ),
    seated as (
      insert into passenger (${passengerColumns}) select ${passengerValues(tenantId)}
      from given g join claimed c on c.sale_id = g.sale_id
    ),
    ticketed as (
      insert into ticket (ticket_id, tenant_id, user_id, booking_id, position, trip_id, code, state, issue_time)
      select g.ticket_id, ${tenantId}::uuid, g.device_id, g.sale_id, 0, g.trip_id, g.code, 'ISSUED', g.sale_time
      from given g join claimed c on c.sale_id = g.sale_id
      returning 1
    )`
}

function given(sales: readonly CounterSale[]) {
  const list = (type: string, value: (sale: CounterSale) => string | number | null) =>
    sql`${sql.param(sales.map(value))}::${sql.raw(type)}[]`
  return sql`select * from unnest(
      ${list('uuid', (sale) => sale.saleId)}, ${list('uuid', (sale) => sale.deviceId)},
      ${list('uuid', (sale) => sale.tripId)}, ${list('int', (sale) => sale.fromSequence)},
      ${list('int', (sale) => sale.toSequence)}, ${list('text', (sale) => iso(sale.departureTime))}::timestamptz[],
      ${list('text', (sale) => sale.bookingCode)}, ${list('text', (sale) => sale.passengerName)},
      ${list('text', (sale) => sale.phone)}, ${list('text', (sale) => sale.language)},
      ${list('text', (sale) => sale.currency)}, ${list('bigint', (sale) => sale.priceMinor.toString())},
      ${list('text', (sale) => iso(sale.saleTime))}::timestamptz[], ${list('text', (sale) => sale.seatLabel)},
      ${list('text', (sale) => sale.seatClass)}, ${list('uuid', (sale) => sale.leaseId ?? null)}, ${list('uuid', (sale) => sale.claimId)},
      ${list('uuid', (sale) => sale.ticket?.ticketId ?? null)}, ${list('text', (sale) => sale.ticket?.code ?? null)},
      ${list('bigint', (sale) => sale.termsVersion.toString())}, ${list('text', (sale) => sale.traveller.ageGroup)},
      ${list('text', (sale) => sale.traveller.residency ?? null)},
      ${list('text', (sale) => JSON.stringify(linesToJson(sale.priceLines)))}::jsonb[]
    ) as g (sale_id, device_id, trip_id, from_sequence, to_sequence, departure_time, booking_code, passenger_name, phone,
      language, currency, price_minor, sale_time, seat_label, seat_class, lease_id, claim_id, ticket_id, code, terms_version,
      age_group, residency, price_lines)`
}
