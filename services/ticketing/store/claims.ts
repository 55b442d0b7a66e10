import { type SQL, sql } from 'drizzle-orm'
import type { Money, Tx } from '#kit'
import { type Legs, rangeText } from '../domain/legs.ts'
import type { PriceLine, Traveller } from '../domain/pricing.ts'
import type { SeatClass, TripState } from '../domain/ride.ts'
import type { SalesChannel, SoldLevel } from '../domain/sales_terms.ts'
import type { Redemption } from './promotions.ts'
import { iso, run } from './query.ts'

/** A seat for one passenger. */
export type SeatClaim = {
  readonly claimId: string
  readonly position: number
  readonly name: string
  readonly seatLabel: string
  readonly seatClass: SeatClass
  readonly price: Money
  readonly traveller: Traveller
  readonly priceLines: readonly PriceLine[]
}

/** What prices and tickets were worked out from: another revision or state now means asking again. */
export type Basis = { readonly revision: bigint; readonly state: TripState }

/** All that is written when seats are held. */
export type Hold = {
  readonly bookingId: string
  readonly tenantId: string
  readonly userId: string
  readonly bookingCode: string
  readonly tripId: string
  readonly basis: Basis
  readonly legs: Legs
  readonly departureTime: Date
  readonly phone: string
  readonly email: string
  readonly language: string
  readonly total: Money
  readonly paymentIntentId: string
  readonly holdExpireTime: Date
  readonly now: Date
  readonly seats: readonly SeatClaim[]
  readonly channel: SalesChannel
  readonly termsVersion: bigint
  /** The level that each class is sold at, where it is not the full fare. */
  readonly levels: Partial<Record<SeatClass, SoldLevel>>
  readonly redemption: Redemption | undefined
}

/** What became of a claim: the fencing token, and the seats that were free. */
export type Claimed = { readonly fence: bigint; readonly seatLabels: readonly string[] }

/**
 * Holds seats for a booking, in one statement.
 *
 * The seats' rows are locked first, so that claims of one seat happen one after another and their fencing tokens rise.
 * Claims of holds that ran out are released on the way. A seat that somebody has is missing in the answer: then roll back.
 * Undefined when the trip is not what `basis` says any more, its sales rest, or its company may not sell.
 */
export async function claimSeats(tx: Tx, hold: Hold): Promise<Claimed | undefined> {
  const labels = hold.seats.map((seat) => seat.seatLabel)
  const [row] = await run<{ fence: string; claimed: string[] }>(
    tx,
    sql`
    with ${tripOnSale(hold.tripId, hold.basis, hold.now)},
    ${seatsLocked(hold.tripId, labels)},
    ${expiredReleased(hold.tripId, labels, hold.legs, hold.now)},
    ${fenceDrawn},
    held as (
      insert into booking (booking_id, tenant_id, user_id, booking_code, trip_id, from_sequence, to_sequence,
        departure_time, state, seat_count, phone, email, language, currency, total_minor, payment_intent_id, fence,
        hold_expire_time, create_time)
      select ${hold.bookingId}::uuid, ${hold.tenantId}::uuid, ${hold.userId}::uuid, ${hold.bookingCode},
        ${hold.tripId}::uuid, ${hold.legs.from}::int, ${hold.legs.to}::int, ${iso(hold.departureTime)}::timestamptz,
        'HELD', ${hold.seats.length}::int, ${hold.phone}, ${hold.email}, ${hold.language}, ${hold.total.currency},
        ${hold.total.minor}::bigint, ${hold.paymentIntentId}::uuid, token.fence,
        ${iso(hold.holdExpireTime)}::timestamptz, ${iso(hold.now)}::timestamptz
      from token
      returning booking_id, tenant_id, user_id, trip_id, fence, hold_expire_time
    ),
    wanted as (
      select * from jsonb_to_recordset(${seatsJson(hold.seats)}::jsonb) as w (claim_id uuid, position int, name text,
        seat_label text, seat_class text, price_minor bigint)
    ),
    seated as (
      insert into passenger (booking_id, position, tenant_id, user_id, name, seat_label, seat_class, price_minor)
      select h.booking_id, w.position, h.tenant_id, h.user_id, w.name, w.seat_label, w.seat_class, w.price_minor
      from held h, wanted w
    ),
    claimed as (
      insert into seat_claim (claim_id, tenant_id, trip_id, seat_label, seat_class, legs, booking_id, fence,
        hold_expire_time)
      select w.claim_id, h.tenant_id, h.trip_id, w.seat_label, w.seat_class, ${rangeText(hold.legs)}::int4range,
        h.booking_id, h.fence, h.hold_expire_time
      from held h, wanted w
      -- Everybody in the same order: parties that want the same seats wait for each other, they do not block each other.
      order by w.seat_label
      on conflict on constraint seat_claim_no_overlap do nothing
      returning seat_label
    )
    select token.fence, array(select seat_label from claimed) as claimed from token`,
  )
  return row && { fence: BigInt(row.fence), seatLabels: row.claimed }
}

/** CTE `sale`: the trip, if it is on sale and what `basis` says. It cannot be cancelled until the transaction ends. */
export function tripOnSale(tripId: string, basis: Basis, now: Date): SQL {
  return sql`sale as (
      select s.trip_id from trip_state s
      join trip t on t.trip_id = s.trip_id
      left join seller x on x.tenant_id = t.tenant_id
      where s.trip_id = ${tripId} and s.state = ${basis.state} and t.revision = ${basis.revision}
        and x.suspended is not true and (s.pause_end_time is null or s.pause_end_time <= ${iso(now)}::timestamptz)
      for share of s
    )`
}

/** CTE `token`: a fencing token, drawn when `sale`, `seat` and `expired` are done; none when there is no sale. */
export const fenceDrawn = sql`token as (
      select nextval('seat_fence') as fence
      from sale, (select count(*) from seat) as locked, (select count(*) from expired) as released
    )`

/** CTE `seat`: locks the rows of some seats until the transaction ends, in one order for everybody. */
export function seatsLocked(tripId: string, labels: readonly string[]): SQL {
  return sql`seat as (
      select z.seat_label from trip_seat z
      where z.trip_id = ${tripId} and z.seat_label = any(${sql.param(labels)}::text[])
      order by z.seat_label for update
    )`
}

/**
 * CTE `expired`: releases claims of holds that ran out on some seats; nobody has to wait for the job.
 *
 * One that is locked is being paid at this moment: it is left alone, and wins.
 */
export function expiredReleased(tripId: string, labels: readonly string[], legs: Legs, now: Date): SQL {
  return sql`expired as (
      update seat_claim set release_time = ${iso(now)}::timestamptz
      where claim_id in (
        select e.claim_id from seat_claim e
        where e.trip_id = ${tripId} and e.seat_label = any(${sql.param(labels)}::text[])
          and e.legs && ${rangeText(legs)}::int4range and e.release_time is null
          and e.hold_expire_time <= ${iso(now)}::timestamptz
        for update skip locked)
      returning claim_id
    )`
}

function seatsJson(seats: readonly SeatClaim[]): string {
  return JSON.stringify(
    seats.map((seat) => ({
      claim_id: seat.claimId,
      position: seat.position,
      name: seat.name,
      seat_label: seat.seatLabel,
      seat_class: seat.seatClass,
      price_minor: seat.price.minor.toString(),
    })),
  )
}
