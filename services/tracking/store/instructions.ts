import { sql } from 'drizzle-orm'
import type { Queries, Tx } from '#kit'
import { iso, run } from './query.ts'

/** What staff wrote to the driver of a trip. */
export type MessageRow = {
  readonly messageId: string
  readonly tripId: string
  readonly text: string
  readonly createTime: Date
  readonly showTime: Date | undefined
}

type Row = { message_id: string; trip_id: string; text: string; create_time: string; show_time: string | null }

const fromRow = (row: Row): MessageRow => ({
  messageId: row.message_id,
  tripId: row.trip_id,
  text: row.text,
  createTime: new Date(row.create_time),
  showTime: row.show_time === null ? undefined : new Date(row.show_time),
})

/** Keeps a message. */
export async function insertMessage(tx: Tx, tenantId: string, message: MessageRow): Promise<void> {
  await run(
    tx,
    sql`
    insert into driver_message (message_id, tenant_id, trip_id, text, create_time)
    values (${message.messageId}, ${tenantId}, ${message.tripId}, ${message.text}, ${iso(message.createTime)})`,
  )
}

/** The messages of a trip, oldest first. */
export async function messagesOf(tx: Tx, tripId: string): Promise<MessageRow[]> {
  const rows = await run<Row>(
    tx,
    sql`
    select message_id, trip_id, text, create_time, show_time from driver_message where trip_id = ${tripId}
    order by create_time, message_id`,
  )
  return rows.map(fromRow)
}

/** The messages of trips that were not shown yet, oldest first. */
export async function unshownMessages(db: Queries, tripIds: readonly string[]): Promise<MessageRow[]> {
  const rows = await run<Row>(
    db,
    sql`
    select message_id, trip_id, text, create_time, show_time from driver_message
    where trip_id = any (${`{${tripIds.join(',')}}`}::uuid[]) and show_time is null order by create_time, message_id`,
  )
  return rows.map(fromRow)
}

/** Notes that a message was shown to the driver of its trip. False when the trip has no such message. */
export async function noteShown(db: Queries, tripId: string, messageId: string, now: Date): Promise<boolean> {
  const rows = await run(
    db,
    sql`
    update driver_message set show_time = coalesce(show_time, ${iso(now)})
    where message_id = ${messageId} and trip_id = ${tripId} returning 1`,
  )
  return rows.length > 0
}

/** Sets how far apart the positions of a bus are measured. */
export async function setReportInterval(tx: Tx, tenantId: string, busId: string, seconds: number): Promise<void> {
  await run(
    tx,
    sql`
    insert into report_interval (bus_id, tenant_id, seconds) values (${busId}, ${tenantId}, ${seconds})
    on conflict (bus_id) do update set seconds = excluded.seconds`,
  )
}
