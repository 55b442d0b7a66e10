import { type SQL, sql } from 'drizzle-orm'
import { money, type Queries } from '#kit'
import type { Booking, Passenger, Refund, Ticket, TicketState } from '../domain/booking.ts'
import type { Fund } from '../domain/funds.ts'
import type { BookingState } from '../domain/booking_state.ts'
import type { CancelCause } from '../domain/refund_rule.ts'
import type { SeatClass } from '../domain/ride.ts'
import type { AgeGroup, Residency, SalesChannel } from '../domain/sales_terms.ts'
import { type PriceLineJson, priceLineFrom } from './prices.ts'
import { instant, instantOrNone, iso, run } from './query.ts'

type TicketJson = { ticket_id: string; state: TicketState; code: string; board_time: string | null }

type PassengerJson = {
  position: number
  name: string
  seat_label: string
  seat_class: SeatClass
  price_minor: string
  age_group: AgeGroup
  residency: Residency | null
  price_lines: PriceLineJson[]
  ticket: TicketJson | null
}

type RefundJson = {
  refund_id: string
  payment_intent_id: string
  currency: string
  amount_minor: string
  create_time: string
  settle_time: string | null
}

type FundJson = { payment_intent_id: string; amount_minor: string }

type BookingRow = {
  booking_id: string
  tenant_id: string
  user_id: string
  booking_code: string
  trip_id: string
  from_sequence: number
  to_sequence: number
  departure_time: string
  state: BookingState
  phone: string
  email: string
  language: string
  currency: string
  total_minor: string
  payment_intent_id: string
  fence: string
  hold_expire_time: string
  create_time: string
  confirm_time: string | null
  cancel_time: string | null
  cancel_cause: CancelCause | null
  door_sale: boolean
  awaits_choice: boolean
  passengers: PassengerJson[]
  live_claims: number
  refunds: RefundJson[]
  replaces_booking_id: string | null
  replaced_by_booking_id: string | null
  credit_minor: string
  fee_minor: string
  open_value_minor: string | null
  open_expire_time: string | null
  carried: FundJson[]
  sales_channel: SalesChannel
  terms_version: string
  promotion_code: string | null
}

/** What is selected of table `booking b`: the booking with its passengers, tickets and refunds. */
const whole = sql.raw(`b.*,
  exists (select 1 from trip_choice x where x.booking_id = b.booking_id and x.state = 'OPEN') as awaits_choice,
  (select count(*)::int from seat_claim c
    where c.booking_id = b.booking_id and c.fence = b.fence and c.release_time is null) as live_claims,
  (select jsonb_agg(jsonb_build_object('position', p.position, 'name', p.name, 'seat_label', p.seat_label,
      'seat_class', p.seat_class, 'price_minor', p.price_minor::text, 'age_group', p.age_group,
      'residency', p.residency, 'price_lines', p.price_lines, 'ticket', case when k.ticket_id is not null then
        jsonb_build_object('ticket_id', k.ticket_id, 'state', k.state, 'code', k.code, 'board_time', k.board_time) end)
      order by p.position)
    from passenger p
    -- Of several the one that counts; of none the last one that did.
    left join lateral (select * from ticket x where x.booking_id = p.booking_id and x.position = p.position
      order by x.state = 'VOID', x.issue_time desc limit 1) k on true
    where p.booking_id = b.booking_id) as passengers,
  (select coalesce(jsonb_agg(jsonb_build_object('refund_id', r.refund_id, 'payment_intent_id', r.payment_intent_id,
      'currency', r.currency, 'amount_minor', r.amount_minor::text, 'create_time', r.create_time,
      'settle_time', r.settle_time) order by r.create_time), '[]')
    from refund r where r.booking_id = b.booking_id) as refunds,
  (select coalesce(jsonb_agg(jsonb_build_object('payment_intent_id', f.payment_intent_id,
      'amount_minor', f.amount_minor::text)), '[]')
    from carried_payment f where f.booking_id = b.booking_id) as carried,
  (select c.code from promotion_code c where c.code_id = b.promotion_code_id) as promotion_code`)

/** A booking by its id. Undefined when there is none among the rows that `db` may see. */
export async function readBooking(db: Queries, bookingId: string): Promise<Booking | undefined> {
  const [booking] = await selectBookings(db, sql`where b.booking_id = ${bookingId}`)
  return booking
}

/** A booking by the code that people read out and the phone it was made with. Undefined when the two do not belong together. */
export async function findBooking(db: Queries, bookingCode: string, phone: string): Promise<Booking | undefined> {
  const [booking] = await selectBookings(db, sql`where b.booking_code = ${bookingCode} and b.phone = ${phone}`)
  return booking
}

/** Some bookings by their ids, in no order. */
export function readBookings(db: Queries, bookingIds: readonly string[]): Promise<Booking[]> {
  return selectBookings(db, sql`where b.booking_id = any(${sql.param(bookingIds)}::uuid[])`)
}

/** Where a page of a user's bookings goes on: after this departure and booking. */
export type BookingCursor = { readonly departureTime: string; readonly bookingId: string }

/** Which of a user's bookings: rides to come, those that are over or were given up, or all. */
export type Period = 'ALL' | 'COMING' | 'PAST'

/** A page of a user's bookings: what is to come soonest first, all else latest first. */
export function listBookings(
  db: Queries,
  userId: string,
  period: Period,
  now: Date,
  page: { readonly limit: number; readonly after: BookingCursor | undefined },
): Promise<Booking[]> {
  const order = sql.raw(period === 'COMING' ? 'asc' : 'desc')
  const beyond = sql.raw(period === 'COMING' ? '>' : '<')
  const start = page.after
    ? sql`and (b.departure_time, b.booking_id) ${beyond}
        (${page.after.departureTime}::timestamptz, ${page.after.bookingId}::uuid)`
    : sql``
  return selectBookings(
    db,
    // Seats that are only kept while a passenger chooses are no booking of theirs, unless they come to be ridden on.
    sql`where b.user_id = ${userId} and not exists (
        select 1 from trip_choice x where x.replacement_booking_id = b.booking_id and x.state <> 'MOVED')
      ${inPeriod(period, now)} ${start}
      order by b.departure_time ${order}, b.booking_id ${order} limit ${page.limit}`,
  )
}

function inPeriod(period: Period, now: Date): SQL {
  if (period === 'ALL') return sql``
  const at = sql`${iso(now)}::timestamptz`
  const coming = sql`(b.departure_time > ${at}
      and (b.state = 'CONFIRMED' or (b.state = 'HELD' and b.hold_expire_time > ${at}))
    or (b.state = 'OPEN' and b.open_expire_time > ${at}))`
  return period === 'COMING' ? sql`and ${coming}` : sql`and not ${coming}`
}

async function selectBookings(db: Queries, where: SQL): Promise<Booking[]> {
  const rows = await run<BookingRow>(db, sql`select ${whole} from booking b ${where}`)
  return rows.map(bookingFrom)
}

function bookingFrom(row: BookingRow): Booking {
  return {
    bookingId: row.booking_id,
    tenantId: row.tenant_id,
    userId: row.user_id,
    bookingCode: row.booking_code,
    tripId: row.trip_id,
    fromSequence: row.from_sequence,
    toSequence: row.to_sequence,
    departureTime: instant(row.departure_time),
    state: row.state,
    phone: row.phone,
    email: row.email,
    language: row.language,
    total: money(row.currency, BigInt(row.total_minor)),
    paymentIntentId: row.payment_intent_id,
    fence: BigInt(row.fence),
    holdExpireTime: instant(row.hold_expire_time),
    createTime: instant(row.create_time),
    confirmTime: instantOrNone(row.confirm_time),
    cancelTime: instantOrNone(row.cancel_time),
    cancelCause: row.cancel_cause ?? undefined,
    awaitsChoice: row.awaits_choice,
    liveClaims: row.live_claims,
    doorSale: row.door_sale,
    passengers: row.passengers.map((one) => passengerFrom(one, row.currency)),
    refunds: row.refunds.map(refundFrom),
    ...changeFrom(row),
    channel: row.sales_channel,
    termsVersion: BigInt(row.terms_version),
    promotionCode: row.promotion_code ?? '',
    carried: row.carried.map((fund) => fundFrom(fund, row.currency)),
  }
}

/** What it has to do with other bookings, and with none at all while it is an open ticket. */
function changeFrom(row: BookingRow): Pick<Booking, 'replaces' | 'replacedById' | 'open'> {
  const amount = (minor: string) => money(row.currency, BigInt(minor))
  return {
    replaces:
      row.replaces_booking_id === null
        ? undefined
        : { bookingId: row.replaces_booking_id, credit: amount(row.credit_minor), fee: amount(row.fee_minor) },
    replacedById: row.replaced_by_booking_id ?? undefined,
    open:
      row.open_value_minor === null || row.open_expire_time === null
        ? undefined
        : { value: amount(row.open_value_minor), expireTime: instant(row.open_expire_time) },
  }
}

function fundFrom(json: FundJson, currency: string): Fund {
  return { paymentIntentId: json.payment_intent_id, amount: money(currency, BigInt(json.amount_minor)) }
}

function passengerFrom(json: PassengerJson, currency: string): Passenger {
  return {
    position: json.position,
    name: json.name,
    seatLabel: json.seat_label,
    seatClass: json.seat_class,
    price: money(currency, BigInt(json.price_minor)),
    traveller: { ageGroup: json.age_group, residency: json.residency ?? undefined },
    priceLines: json.price_lines.map((line) => priceLineFrom(line, currency)),
    ticket: json.ticket ? ticketFrom(json.ticket) : undefined,
  }
}

function ticketFrom(json: TicketJson): Ticket {
  return {
    ticketId: json.ticket_id,
    state: json.state,
    code: json.code,
    boardTime: instantOrNone(json.board_time),
  }
}

function refundFrom(json: RefundJson): Refund {
  return {
    refundId: json.refund_id,
    paymentIntentId: json.payment_intent_id,
    amount: money(json.currency, BigInt(json.amount_minor)),
    createTime: instant(json.create_time),
    settleTime: instantOrNone(json.settle_time),
  }
}
