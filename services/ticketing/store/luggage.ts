import { sql } from 'drizzle-orm'
import { money, type Money, type Queries, type Tx } from '#kit'
import type { LuggageState, LuggageStep, Way } from '../domain/luggage.ts'
import { instant, iso, run } from './query.ts'

/** A piece that a bus carries. */
export type LuggageItem = {
  readonly itemId: string
  readonly tenantId: string
  readonly registrationId: string
  readonly userId: string
  readonly kind: 'LUGGAGE' | 'PARCEL'
  readonly tagNumber: string
  readonly tagCode: string
  readonly tripId: string
  readonly fromSequence: number
  readonly toSequence: number
  /** Undefined for parcels. */
  readonly bookingId: string | undefined
  readonly bookingCode: string | undefined
  /** The passenger, or the recipient. */
  readonly ownerName: string
  readonly senderName: string
  readonly senderPhone: string
  readonly recipientPhone: string
  readonly recipientLanguage: string
  readonly description: string
  readonly state: LuggageState
  readonly fee: Money
  readonly paid: boolean
  readonly paymentIntentId: string | undefined
  readonly pickupCode: string | undefined
  readonly pickupFailures: number
  readonly createTime: Date
}

type ItemRow = {
  item_id: string
  tenant_id: string
  registration_id: string
  user_id: string
  kind: 'LUGGAGE' | 'PARCEL'
  tag_number: string
  tag_code: string
  trip_id: string
  from_sequence: number
  to_sequence: number
  booking_id: string | null
  booking_code: string | null
  passenger_name: string | null
  recipient_name: string
  sender_name: string
  sender_phone: string
  recipient_phone: string
  recipient_language: string
  description: string
  state: LuggageState
  currency: string
  fee_minor: string
  pay_time: string | null
  payment_intent_id: string | null
  pickup_code: string | null
  pickup_failures: number
  create_time: string
}

const whole = sql.raw(`i.*, b.booking_code, p.name as passenger_name from luggage_item i
  left join passenger p on p.booking_id = i.booking_id and p.position = i.position
  left join booking b on b.booking_id = i.booking_id`)

function itemFrom(row: ItemRow): LuggageItem {
  return {
    itemId: row.item_id,
    tenantId: row.tenant_id,
    registrationId: row.registration_id,
    userId: row.user_id,
    kind: row.kind,
    tagNumber: row.tag_number,
    tagCode: row.tag_code,
    tripId: row.trip_id,
    fromSequence: row.from_sequence,
    toSequence: row.to_sequence,
    bookingId: row.booking_id ?? undefined,
    bookingCode: row.booking_code ?? undefined,
    ownerName: row.passenger_name ?? row.recipient_name,
    senderName: row.sender_name,
    senderPhone: row.sender_phone,
    recipientPhone: row.recipient_phone,
    recipientLanguage: row.recipient_language,
    description: row.description,
    state: row.state,
    fee: money(row.currency, BigInt(row.fee_minor)),
    paid: row.payment_intent_id === null || row.pay_time !== null,
    paymentIntentId: row.payment_intent_id ?? undefined,
    pickupCode: row.pickup_code ?? undefined,
    pickupFailures: row.pickup_failures,
    createTime: instant(row.create_time),
  }
}

/** A piece that is taken in, before its state and its passenger are read back. */
export type NewItem = Pick<
  LuggageItem,
  | 'itemId'
  | 'tenantId'
  | 'registrationId'
  | 'userId'
  | 'kind'
  | 'tagNumber'
  | 'tagCode'
  | 'tripId'
  | 'fromSequence'
  | 'toSequence'
  | 'description'
  | 'fee'
  | 'paymentIntentId'
  | 'createTime'
> & {
  readonly passenger: { readonly bookingId: string; readonly position: number } | undefined
  readonly sender: { readonly name: string; readonly phone: string } | undefined
  readonly recipient: { readonly name: string; readonly phone: string; readonly language: string } | undefined
}

/** Takes pieces in. */
export async function addItems(tx: Tx, items: readonly NewItem[]): Promise<void> {
  for (const item of items) await addItem(tx, item)
}

async function addItem(tx: Tx, item: NewItem): Promise<void> {
  const { passenger, sender, recipient, fee } = item
  await run(
    tx,
    sql`
    insert into luggage_item (item_id, tenant_id, registration_id, user_id, kind, tag_number, tag_code, trip_id,
      from_sequence, to_sequence, booking_id, position, sender_name, sender_phone, recipient_name, recipient_phone,
      recipient_language, description, state, currency, fee_minor, payment_intent_id, create_time)
    values (${item.itemId}, ${item.tenantId}, ${item.registrationId}, ${item.userId}, ${item.kind}, ${item.tagNumber},
      ${item.tagCode}, ${item.tripId}, ${item.fromSequence}, ${item.toSequence}, ${passenger?.bookingId ?? null},
      ${passenger?.position ?? null}, ${sender?.name ?? ''}, ${sender?.phone ?? ''}, ${recipient?.name ?? ''},
      ${recipient?.phone ?? ''}, ${recipient?.language ?? ''}, ${item.description}, 'REGISTERED', ${fee.currency},
      ${fee.minor}, ${item.paymentIntentId ?? null}, ${iso(item.createTime)}::timestamptz)`,
  )
}

/** How many pieces travel with a passenger; the passenger is locked, so that two counters do not both give the last free one. */
export async function countPieces(tx: Tx, bookingId: string, position: number): Promise<number> {
  await run(tx, sql`select 1 from passenger where booking_id = ${bookingId} and position = ${position} for update`)
  const [row] = await run<{ pieces: number }>(
    tx,
    sql`select count(*)::int as pieces from luggage_item
      where booking_id = ${bookingId} and position = ${position} and state <> 'CANCELLED'`,
  )
  return row?.pieces ?? 0
}

/** By what a piece is known. */
export type ItemKey = { readonly itemId: string } | { readonly tagNumber: string }

/** A piece. Undefined when the company carries no such one. */
export async function findItem(db: Queries, key: ItemKey): Promise<LuggageItem | undefined> {
  const which = 'itemId' in key ? sql`i.item_id = ${key.itemId}` : sql`i.tag_number = ${key.tagNumber}`
  const [row] = await run<ItemRow>(db, sql`select ${whole} where ${which}`)
  return row && itemFrom(row)
}

/** As {@link findItem}, locked until the transaction ends. */
export async function lockItem(tx: Tx, itemId: string): Promise<LuggageItem | undefined> {
  await run(tx, sql`select 1 from luggage_item where item_id = ${itemId} for update`)
  return findItem(tx, { itemId })
}

/** The pieces of a registration, in the order in which they were taken in. */
export async function itemsOf(db: Queries, registrationId: string): Promise<LuggageItem[]> {
  const rows = await run<ItemRow>(
    db,
    sql`select ${whole} where i.registration_id = ${registrationId} order by i.item_id`,
  )
  return rows.map(itemFrom)
}

/** The pieces of a trip but cancelled ones, by where they are unloaded; of one call, or all. */
export async function listItems(db: Queries, tripId: string, sequence: number | undefined): Promise<LuggageItem[]> {
  const at = sql`${sequence ?? null}::int`
  const rows = await run<ItemRow>(
    db,
    sql`select ${whole} where i.trip_id = ${tripId} and i.state <> 'CANCELLED'
      and (${at} is null or i.from_sequence = ${at} or i.to_sequence = ${at})
      order by i.to_sequence, i.tag_number`,
  )
  return rows.map(itemFrom)
}

/** Remembers that a payment came; one that pays for no piece, or came before, changes nothing. */
export async function markPaid(tx: Tx, paymentIntentId: string, now: Date): Promise<void> {
  await run(
    tx,
    sql`update luggage_item set pay_time = ${iso(now)}::timestamptz
      where payment_intent_id = ${paymentIntentId} and pay_time is null`,
  )
}

/** Where a piece stands from now on; with a code to fetch it by when one was drawn. */
export async function setState(
  tx: Tx,
  itemId: string,
  state: LuggageState,
  pickupCode: string | undefined,
): Promise<void> {
  await run(
    tx,
    sql`update luggage_item set state = ${state}, pickup_code = coalesce(${pickupCode ?? null}, pickup_code)
      where item_id = ${itemId}`,
  )
}

/** Sends a piece another way, to be loaded there; with the booking of its passenger when that one rides along. */
export async function sendBy(tx: Tx, itemId: string, way: Way, bookingId: string | undefined): Promise<void> {
  await run(
    tx,
    sql`update luggage_item set state = 'REGISTERED', trip_id = ${way.tripId}, from_sequence = ${way.fromSequence},
        to_sequence = ${way.toSequence}, booking_id = coalesce(${bookingId ?? null}::uuid, booking_id)
      where item_id = ${itemId}`,
  )
}

/** Sends what a booking has taken in and not loaded with the booking that takes its place. @returns the pieces */
export async function followBooking(tx: Tx, bookingId: string, newBookingId: string, way: Way): Promise<string[]> {
  const rows = await run<{ item_id: string }>(
    tx,
    sql`update luggage_item set booking_id = ${newBookingId}, trip_id = ${way.tripId},
        from_sequence = ${way.fromSequence}, to_sequence = ${way.toSequence}
      where booking_id = ${bookingId} and state = 'REGISTERED' returning item_id`,
  )
  return rows.map((row) => row.item_id)
}

/** Counts a wrong code, and answers how many there were. */
export async function countFailure(tx: Tx, itemId: string): Promise<number> {
  const [row] = await run<{ failures: number }>(
    tx,
    sql`update luggage_item set pickup_failures = pickup_failures + 1 where item_id = ${itemId}
      returning pickup_failures as failures`,
  )
  return row?.failures ?? 0
}

/** One line of a piece's history. */
export type LuggageEvent = {
  readonly eventId: string
  readonly tenantId: string
  readonly itemId: string
  readonly move: LuggageStep
  readonly stopSequence: number
  readonly userId: string
  readonly deviceId: string
  readonly note: string
  readonly createTime: Date
  /** The trip that it was put on; undefined unless it was sent another way. */
  readonly tripId?: string | undefined
}

/** Writes down what was done with a piece. */
export async function addEvent(tx: Tx, event: LuggageEvent): Promise<void> {
  await run(
    tx,
    sql`insert into luggage_event (event_id, tenant_id, item_id, move, stop_sequence, user_id, device_id, note, create_time,
        trip_id)
      values (${event.eventId}, ${event.tenantId}, ${event.itemId}, ${event.move}, ${event.stopSequence},
        ${event.userId}, ${event.deviceId}, ${event.note}, ${iso(event.createTime)}::timestamptz, ${event.tripId ?? null})`,
  )
}

/** What was done with a piece, oldest first. */
export async function historyOf(db: Queries, itemId: string): Promise<LuggageEvent[]> {
  const rows = await run<{
    event_id: string
    tenant_id: string
    item_id: string
    move: LuggageStep
    trip_id: string | null
    stop_sequence: number
    user_id: string
    device_id: string
    note: string
    create_time: string
  }>(db, sql`select * from luggage_event where item_id = ${itemId} order by create_time, event_id`)
  return rows.map((row) => ({
    eventId: row.event_id,
    tenantId: row.tenant_id,
    itemId: row.item_id,
    move: row.move,
    stopSequence: row.stop_sequence,
    userId: row.user_id,
    deviceId: row.device_id,
    note: row.note,
    createTime: instant(row.create_time),
    tripId: row.trip_id ?? undefined,
  }))
}
