import { sql } from 'drizzle-orm'
import type { JsMsg } from 'nats'
import type { Queries } from '../db/database.ts'
import { type Consumer, envelopeFrom } from './consumer.ts'
import { handleEnvelope, type Handling } from './handle.ts'

/** An event that a consumer gave up on. */
export type DeadLetter = {
  readonly consumer: string
  readonly eventId: string
  readonly subject: string
  readonly error: string
  readonly attempts: number
  readonly failTime: Date
}

/** Keeps an event that could not be handled. */
export async function bury(
  db: Queries,
  dead: { consumer: string; message: JsMsg; error: string; attempts: number },
): Promise<void> {
  const { eventId } = envelopeFrom(dead.message.data)
  await db.execute(sql`
    insert into dead_letter (consumer, event_id, subject, envelope, error, attempts)
    values (${dead.consumer}, ${eventId}, ${dead.message.subject}, ${Buffer.from(dead.message.data)},
            ${dead.error}, ${dead.attempts})
    on conflict (consumer, event_id) do update
      set state = 'DEAD', error = excluded.error, attempts = excluded.attempts, fail_time = now()`)
}

/** The events that wait for somebody to look at them, oldest first. */
export async function listDeadLetters(db: Queries): Promise<DeadLetter[]> {
  const rows = await db.execute<{
    consumer: string
    event_id: string
    subject: string
    error: string
    attempts: number
    fail_time: string
  }>(sql`select consumer, event_id, subject, error, attempts, fail_time from dead_letter
         where state = 'DEAD' order by fail_time`)
  return rows.map((row) => ({
    consumer: row.consumer,
    eventId: row.event_id,
    subject: row.subject,
    error: row.error,
    attempts: row.attempts,
    failTime: new Date(row.fail_time),
  }))
}

/** Asks for dead letters to be tried again: one, or all of the service. Returns how many. */
export async function requestReplay(db: Queries, eventId?: string): Promise<number> {
  const rows = await db.execute(sql`
    update dead_letter set state = 'REPLAY'
    where state = 'DEAD' and (${eventId ?? null}::uuid is null or event_id = ${eventId ?? null}::uuid) returning 1`)
  return rows.length
}

/** Handles the dead letters whose replay was asked for; what fails again is dead again, with the new error. */
export async function replayRequested<Ctx>(consumers: readonly Consumer<Ctx>[], options: Handling<Ctx>): Promise<void> {
  const db = options.db.system
  const rows = await db.execute<{ consumer: string; event_id: string; envelope: Buffer }>(sql`
    select consumer, event_id, envelope from dead_letter where state = 'REPLAY' order by fail_time limit 100`)
  for (const row of rows) {
    const consumer = consumers.find((one) => one.name === row.consumer)
    if (!consumer) continue
    const error = await handleEnvelope(consumer, options, envelopeFrom(row.envelope)).then(
      () => undefined,
      (err: unknown) => String(err),
    )
    await db.execute(sql`
      update dead_letter set state = ${error === undefined ? 'REPLAYED' : 'DEAD'}, error = coalesce(${error ?? null}, error)
      where consumer = ${row.consumer} and event_id = ${row.event_id}`)
  }
}
