import { create, type DescMessage, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { sql } from 'drizzle-orm'
import { EnvelopeSchema } from '#gen/tms/event/v1/event_pb.ts'
import { currentCall } from '../call.ts'
import type { Queries } from '../db/database.ts'
import type { Statement } from '../db/transact.ts'

/** An event as the outbox holds it. */
export type NewEvent = {
  readonly eventId: string
  readonly subject: string
  readonly envelope: Buffer
}

/** What making an event needs from the service. */
export type EventSource = {
  readonly newId: () => string
  readonly now: () => Date
  readonly subjectOf: (typeName: string, tenantId: string) => string
}

/** Wraps an event in its envelope; the tenant is the message's own `tenant_id`, or the platform when it has none. */
export function newEvent<D extends DescMessage>(
  source: EventSource,
  schema: D,
  key: string,
  init: MessageInitShape<D>,
): NewEvent {
  const message = create(schema, init)
  const tenantId = 'tenantId' in message && typeof message.tenantId === 'string' ? message.tenantId : ''
  const eventId = source.newId()
  const call = currentCall()
  const envelope = create(EnvelopeSchema, {
    eventId,
    type: schema.typeName,
    tenantId,
    key,
    createTime: timestampFromDate(source.now()),
    correlationId: call.correlationId,
    traceparent: call.traceparent,
    payload: toBinary(schema, message),
  })
  const encoded = Buffer.from(toBinary(EnvelopeSchema, envelope))
  return { eventId, subject: source.subjectOf(schema.typeName, tenantId), envelope: encoded }
}

/** The statement that writes events into the outbox, in the transaction that makes them true. */
export function insertionOf(events: readonly NewEvent[]): Statement {
  return {
    text: `insert into outbox (event_id, subject, envelope)
      select one.event_id, one.subject, decode(one.envelope, 'base64')
      from unnest($1::uuid[], $2::text[], $3::text[]) as one (event_id, subject, envelope)`,
    parameters: [
      events.map(({ eventId }) => eventId),
      events.map(({ subject }) => subject),
      // Arrays of bytea have no text form that drivers agree on; arrays of text have.
      events.map(({ envelope }) => envelope.toString('base64')),
    ],
  }
}

/** Events that were committed and not published yet, oldest first; leaves out what is younger than `minAgeMs`. */
export async function waitingEvents(db: Queries, minAgeMs: number, limit: number): Promise<NewEvent[]> {
  const rows = await db.execute<{ event_id: string; subject: string; envelope: Buffer }>(sql`
    select event_id, subject, envelope from outbox
    where publish_time is null and create_time <= now() - make_interval(secs => ${minAgeMs / 1000}::float8)
    order by create_time, event_id limit ${limit}`)
  return rows.map((row) => ({ eventId: row.event_id, subject: row.subject, envelope: row.envelope }))
}

/** Counts the events that wait. */
export async function countWaiting(db: Queries): Promise<number> {
  const [row] = await db.execute<{ waiting: number }>(sql`
    select count(*)::int as waiting from outbox where publish_time is null`)
  return row?.waiting ?? 0
}

/** Marks events as published. */
export async function markPublished(db: Queries, eventIds: readonly string[]): Promise<void> {
  await db.execute(sql`
    update outbox set publish_time = now() where event_id = any(${sql.param(eventIds)}::uuid[])`)
}

/** Makes every event that is still kept wait again, for a stream that was wiped. Returns how many. */
export async function requeueAll(db: Queries): Promise<number> {
  const rows = await db.execute(sql`update outbox set publish_time = null where publish_time is not null returning 1`)
  return rows.length
}

/** Deletes what was created more than `days` ago and was published. */
export async function prunePublished(db: Queries, days: number): Promise<void> {
  await db.execute(sql`
    delete from outbox where publish_time is not null and create_time < now() - make_interval(days => ${days}::int)`)
}
