import { sql } from 'drizzle-orm'
import type { Queries } from '../db/database.ts'
import type { Logger } from '../telemetry/log.ts'
import { eventsPublished, outboxWaiting } from '../telemetry/metrics.ts'
import { type Bus, RETENTION_DAYS } from './bus.ts'
import { countWaiting, markPublished, type NewEvent, prunePublished, requeueAll, waitingEvents } from './outbox.ts'

/** Events published at one time; their order on the connection is the order of their commits. */
const BATCH = 256
/** Published events are marked together after this time: one statement for many. */
const MARK_AFTER_MS = 100
const SWEEP_EVERY_MS = 1_000
/** What is younger is on its way already, from the process that wrote it. */
const SWEEP_AGE_MS = 2_000
const STREAM_CHECK_EVERY_MS = 5_000

/** Moves a service's events from its outbox to JetStream. */
export interface Relay {
  /** Takes events that were just committed here, so that they need not wait for a sweep. */
  offer(events: readonly NewEvent[]): void
  /** Waits until nothing is left to publish. */
  drain(): Promise<void>
  /** Publishes what it holds, and ends. */
  stop(): Promise<void>
}

/**
 * Starts the relay of a service.
 *
 * Events are handed over in memory right after their commit; what a killed process left behind, or JetStream refused, is
 * found in the outbox by a sweep. An event may be published twice then: its message id and the inboxes make that once.
 */
export async function startRelay(service: string, db: Queries, bus: Bus, log: Logger): Promise<Relay> {
  const queue: NewEvent[] = []
  let pumping: Promise<void> | undefined
  let stopped = false

  const marks = markerOf(db, log)
  const pump = async () => {
    while (queue.length > 0) marks.add(await publishBatch(service, bus, log, queue.splice(0, BATCH)))
  }
  const kick = () => {
    pumping ??= pump()
      .catch((err: unknown) => log.warn({ err }, 'events wait for JetStream'))
      .finally(() => (pumping = undefined))
    return pumping
  }
  const sweep = async (minAgeMs: number) => {
    if (queue.length > 0) return
    for (;;) {
      const waiting = await waitingEvents(db, minAgeMs, BATCH)
      if (waiting.length === 0) return
      const published = await publishBatch(service, bus, log, waiting)
      await markPublished(db, published)
      if (published.length < waiting.length) return
    }
  }
  const checkStream = async () => {
    if (await streamIsNew(service, db, bus)) await sweep(0)
  }

  await checkStream()
  await sweep(0)
  const timers = [
    every(SWEEP_EVERY_MS, log, async () => {
      await sweep(SWEEP_AGE_MS)
      outboxWaiting.labels(service).set(await countWaiting(db))
    }),
    every(STREAM_CHECK_EVERY_MS, log, checkStream),
    every(3_600_000, log, () => prunePublished(db, RETENTION_DAYS)),
  ]

  return {
    offer: (events) => {
      if (stopped) return
      queue.push(...events)
      void kick()
    },
    drain: async () => {
      await kick()
      await marks.flush()
      await checkStream()
      await sweep(0)
    },
    stop: async () => {
      stopped = true
      for (const timer of timers) timer.stop()
      await kick()
      await marks.flush()
      await Promise.all(timers.map((timer) => timer.idle()))
    },
  }
}

/** Publishes events in order. Returns the ids of those that JetStream stored. */
async function publishBatch(
  service: string,
  bus: Bus,
  log: Logger,
  events: readonly NewEvent[],
): Promise<readonly string[]> {
  const outcomes = await Promise.allSettled(events.map((event) => bus.publish(event)))
  const stored = events.filter((_, index) => outcomes[index]?.status === 'fulfilled')
  const failure = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failure)
    log.warn({ err: failure.reason as unknown, service }, 'JetStream refused events; they wait in the outbox')
  eventsPublished.labels(service).inc(stored.length)
  return stored.map(({ eventId }) => eventId)
}

/** Gathers ids of published events and marks them together; one that is not marked is swept, and dropped as known. */
function markerOf(db: Queries, log: Logger) {
  let ids: string[] = []
  let timer: NodeJS.Timeout | undefined
  const flush = async () => {
    clearTimeout(timer)
    timer = undefined
    const batch = ids
    ids = []
    if (batch.length > 0) await markPublished(db, batch)
  }
  return {
    add: (published: readonly string[]) => {
      ids.push(...published)
      timer ??= setTimeout(() => {
        flush().catch((err: unknown) => log.warn({ err }, 'published events could not be marked; they will be swept'))
      }, MARK_AFTER_MS)
    },
    flush,
  }
}

/** Makes the stream when it is missing. When it is another than we know, all kept events wait for it again. */
async function streamIsNew(service: string, db: Queries, bus: Bus): Promise<boolean> {
  const created = await bus.ensureStream(service)
  const stream = bus.streamOf(service)
  const known = await db.execute<{ created: string }>(sql`select created from stream_epoch where stream = ${stream}`)
  if (known[0]?.created === created) return false
  await requeueAll(db)
  await db.execute(sql`
    insert into stream_epoch (stream, created) values (${stream}, ${created})
    on conflict (stream) do update set created = excluded.created`)
  return true
}

/** Runs `work` again and again, one run at a time; a failing run is logged and the next one tries again. */
export function every(ms: number, log: Logger, work: () => Promise<unknown>) {
  let running: Promise<unknown> | undefined
  const timer = setInterval(() => {
    running ??= work()
      .catch((err: unknown) => log.warn({ err }, 'periodic work failed; it will be tried again'))
      .finally(() => (running = undefined))
  }, ms)
  return { stop: () => clearInterval(timer), idle: () => running ?? Promise.resolve() }
}
