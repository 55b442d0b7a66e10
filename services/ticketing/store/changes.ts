import { sql } from 'drizzle-orm'
import { money, type Money, type Queries, type Tx } from '#kit'
import type { Booking, Replacement } from '../domain/booking.ts'
import type { Fund } from '../domain/funds.ts'
import type { TripState } from '../domain/ride.ts'
import { instant, iso, run } from './query.ts'
import type { SignedSeat } from './sales.ts'

/** Notes whose place a booking takes that was just held, and which payments it stands on. */
export async function linkChange(
  tx: Tx,
  bookingId: string,
  replaces: Replacement,
  carried: readonly Fund[],
): Promise<void> {
  const funds = carried.map(({ paymentIntentId, amount }) => ({
    payment_intent_id: paymentIntentId,
    amount_minor: amount.minor.toString(),
  }))
  await run(
    tx,
    sql`
    with linked as (
      update booking set replaces_booking_id = ${replaces.bookingId}::uuid, credit_minor = ${replaces.credit.minor},
        fee_minor = ${replaces.fee.minor}
      where booking_id = ${bookingId} returning booking_id, tenant_id, user_id
    )
    insert into carried_payment (booking_id, payment_intent_id, tenant_id, user_id, amount_minor)
    select l.booking_id, f.payment_intent_id, l.tenant_id, l.user_id, f.amount_minor
    from linked l, jsonb_to_recordset(${JSON.stringify(funds)}::jsonb) as f (payment_intent_id uuid, amount_minor bigint)`,
  )
}

/** Changes of a booking that wait for their payment. */
export async function pendingChanges(tx: Tx, bookingId: string): Promise<string[]> {
  const rows = await run<{ booking_id: string }>(
    tx,
    sql`select booking_id from booking where replaces_booking_id = ${bookingId} and state = 'HELD' order by booking_id`,
  )
  return rows.map((row) => row.booking_id)
}

/** Ends a paid booking or an open ticket whose place another booking takes: seats free, tickets void. False when it is neither. */
export async function endReplaced(tx: Tx, bookingId: string, newBookingId: string, now: Date): Promise<boolean> {
  const rows = await run(
    tx,
    sql`
    with ended as (
      update booking set state = 'CANCELLED', cancel_time = ${iso(now)}::timestamptz, cancel_cause = 'CHANGE',
        replaced_by_booking_id = ${newBookingId}
      where booking_id = ${bookingId} and state in ('CONFIRMED', 'OPEN')
      returning booking_id
    ),
    ${seatsGivenUp(now)}
    select 1 from ended`,
  )
  return rows.length > 0
}

/** Turns a paid booking into an open ticket: seats free, tickets void. False when it is not paid. */
export async function openConfirmed(
  tx: Tx,
  bookingId: string,
  open: { readonly value: Money; readonly expireTime: Date; readonly now: Date },
): Promise<boolean> {
  const rows = await run(
    tx,
    sql`
    with ended as (
      update booking set state = 'OPEN', open_value_minor = ${open.value.minor},
        open_expire_time = ${iso(open.expireTime)}::timestamptz
      where booking_id = ${bookingId} and state = 'CONFIRMED'
      returning booking_id
    ),
    ${seatsGivenUp(open.now)}
    select 1 from ended`,
  )
  return rows.length > 0
}

/** CTEs: frees the seats and voids the tickets of the booking in CTE `ended`. */
function seatsGivenUp(now: Date) {
  return sql`freed as (
      update seat_claim c set release_time = ${iso(now)}::timestamptz from ended
      where c.booking_id = ended.booking_id and c.release_time is null
    ),
    voided as (
      update ticket k set state = 'VOID' from ended where k.booking_id = ended.booking_id and k.state <> 'VOID'
    )`
}

/** Who holds a booking from now on. */
export type Holder = {
  readonly userId: string
  readonly phone: string
  readonly email: string
  readonly language: string
}

/** Issues all tickets of a paid booking anew, in other names or for another holder. The old ones are void. */
export async function reissue(
  tx: Tx,
  bookingId: string,
  anew: { readonly names: readonly string[]; readonly holder: Holder; readonly tickets: readonly SignedSeat[] },
  now: Date,
): Promise<void> {
  const { holder, tickets } = anew
  const passengers = tickets.map(({ position, ticketId, code }, i) => ({
    position,
    ticket_id: ticketId,
    code,
    name: anew.names[i],
  }))
  await run(tx, sql`update ticket set state = 'VOID' where booking_id = ${bookingId} and state <> 'VOID'`)
  await run(
    tx,
    sql`
    with held as (
      update booking set user_id = ${holder.userId}, phone = ${holder.phone}, email = ${holder.email},
        language = ${holder.language}
      where booking_id = ${bookingId} returning booking_id, tenant_id, user_id, trip_id
    ),
    given as (
      select * from jsonb_to_recordset(${JSON.stringify(passengers)}::jsonb)
        as g (position int, ticket_id uuid, code text, name text)
    ),
    named as (
      update passenger p set name = g.name, user_id = h.user_id from given g, held h
      where p.booking_id = h.booking_id and p.position = g.position
    )
    insert into ticket (ticket_id, tenant_id, user_id, booking_id, position, trip_id, code, state, issue_time)
    select g.ticket_id, h.tenant_id, h.user_id, h.booking_id, g.position, h.trip_id, g.code, 'ISSUED',
      ${iso(now)}::timestamptz
    from given g, held h`,
  )
}

/** Gives a booking that nobody has in an account to somebody. False when somebody has it. */
export async function claimOwnerless(tx: Tx, bookingId: string, nobody: string, userId: string): Promise<boolean> {
  const rows = await run(
    tx,
    sql`
    with taken as (
      update booking set user_id = ${userId} where booking_id = ${bookingId} and user_id = ${nobody}
      returning booking_id
    ),
    passengers as (
      update passenger p set user_id = ${userId} from taken where p.booking_id = taken.booking_id
    ),
    tickets as (
      update ticket k set user_id = ${userId} from taken where k.booking_id = taken.booking_id and k.state <> 'VOID'
    )
    select 1 from taken`,
  )
  return rows.length > 0
}

/** The one whom a booking was given to and who has not taken it over. Undefined when it was not given away, or was taken. */
export async function receiverOf(tx: Tx, bookingId: string): Promise<string | undefined> {
  const [row] = await run<{ kind: string; user_id: string }>(
    tx,
    sql`select kind, user_id from booking_change where booking_id = ${bookingId} and kind in ('TRANSFERRED', 'CLAIMED')
      order by change_number desc limit 1`,
  )
  return row?.kind === 'TRANSFERRED' ? row.user_id : undefined
}

/** What can be done to a paid booking. */
export type ChangeKind = 'REPLACED' | 'REPLACES' | 'OPENED' | 'RENAMED' | 'TRANSFERRED' | 'CLAIMED'

/** Something that was done to a booking. */
export type DoneChange = {
  readonly changeId: string
  readonly kind: ChangeKind
  readonly time: Date
  readonly otherBookingId: string | undefined
  readonly fee: Money
  readonly due: Money
  readonly refund: Money
  readonly byStaff: boolean
  readonly actorUserId: string | undefined
}

/** Writes down what was done to a booking; the row belongs to whoever holds the booking afterwards. */
export async function noteChange(
  tx: Tx,
  booking: Pick<Booking, 'bookingId' | 'tenantId' | 'userId'>,
  done: DoneChange,
) {
  await run(
    tx,
    sql`
    insert into booking_change (change_id, tenant_id, user_id, booking_id, kind, change_time, other_booking_id, currency,
      fee_minor, due_minor, refund_minor, by_staff, actor_user_id)
    values (${done.changeId}, ${booking.tenantId}, ${booking.userId}, ${booking.bookingId}, ${done.kind},
      ${iso(done.time)}::timestamptz, ${done.otherBookingId ?? null}::uuid, ${done.fee.currency}, ${done.fee.minor},
      ${done.due.minor}, ${done.refund.minor}, ${done.byStaff}, ${done.actorUserId ?? null}::uuid)`,
  )
}

/** What was done to a booking, oldest first, with the codes of other bookings. */
export async function listChanges(
  db: Queries,
  bookingId: string,
): Promise<(DoneChange & { readonly otherBookingCode: string })[]> {
  const rows = await run<{
    change_id: string
    kind: ChangeKind
    change_time: string
    other_booking_id: string | null
    other_booking_code: string | null
    currency: string
    fee_minor: string
    due_minor: string
    refund_minor: string
    by_staff: boolean
    actor_user_id: string | null
  }>(
    db,
    sql`select c.*, o.booking_code as other_booking_code from booking_change c
      left join booking o on o.booking_id = c.other_booking_id
      where c.booking_id = ${bookingId} order by c.change_number`,
  )
  return rows.map((row) => ({
    changeId: row.change_id,
    kind: row.kind,
    time: instant(row.change_time),
    otherBookingId: row.other_booking_id ?? undefined,
    otherBookingCode: row.other_booking_code ?? '',
    fee: money(row.currency, BigInt(row.fee_minor)),
    due: money(row.currency, BigInt(row.due_minor)),
    refund: money(row.currency, BigInt(row.refund_minor)),
    byStaff: row.by_staff,
    actorUserId: row.actor_user_id ?? undefined,
  }))
}

/** Where a trip stands, and stands until the transaction ends. */
export async function shareTripState(tx: Tx, tripId: string): Promise<TripState | undefined> {
  const [row] = await run<{ state: TripState }>(
    tx,
    sql`select state from trip_state where trip_id = ${tripId} for share`,
  )
  return row?.state
}
