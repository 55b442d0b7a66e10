import { AckPolicy, ConsumerEvents, type ConsumerMessages, DeliverPolicy, type JsMsg, nanos } from 'nats'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '../db/database.ts'
import { ownerOf } from '../policy.ts'
import type { Logger } from '../telemetry/log.ts'
import { eventsHandled } from '../telemetry/metrics.ts'
import type { Bus } from './bus.ts'
import { type Consumer, envelopeFrom } from './consumer.ts'
import { bury } from './dead_letters.ts'
import { handleEnvelope } from './handle.ts'

/** Events of one consumer that are handled at the same time. */
const CONCURRENCY = 24
/** From a tenth of a second to half an hour in all: longer than a restart, shorter than a shift. */
export const RETRY_DELAYS_MS: readonly number[] = [
  100, 500, 2_000, 5_000, 15_000, 30_000, 60_000, 120_000, 300_000, 300_000, 300_000,
]
const PULL_EXPIRES_MS = 5_000

/** What a subscription needs from its service. */
export type SubscriptionOptions<Ctx> = {
  readonly service: string
  readonly ctx: Ctx
  readonly db: Database
  readonly bus: Bus
  readonly log: Logger
  /** An event that is not acknowledged after this time is delivered again. */
  readonly ackWaitMs: number
  /** Tests deliver every event twice. */
  readonly deliveries: 1 | 2
  /** Waits between attempts; after the last one the event is a dead letter. */
  readonly retryDelaysMs: readonly number[]
}

/** A running consumer. */
export type Subscription = {
  /** Whether nothing waits for it and nothing is being handled. */
  idle(): Promise<boolean>
  /** Takes no more events, and ends when the running ones are done. */
  stop(): Promise<void>
}

/** Starts a consumer: durable, resumed after restarts, made again when JetStream lost it. */
export async function subscribe<Ctx>(
  consumer: Consumer<Ctx>,
  options: SubscriptionOptions<Ctx>,
): Promise<Subscription> {
  const { bus, log, service } = options
  const stream = bus.streamOf(ownerOf(consumer.schema))
  const durable = bus.durableOf(service, consumer.name)
  const running = new Set<Promise<void>>()
  let messages: ConsumerMessages | undefined
  let stopped = false

  const open = async () => {
    await ensureConsumer(consumer, options, stream, durable)
    const handle = await bus.jetstream.consumers.get(stream, durable)
    const opened = await handle.consume({
      max_messages: CONCURRENCY * 4,
      expires: PULL_EXPIRES_MS,
      abort_on_missing_resource: true,
    })
    void endWhenLost(opened)
    return opened
  }
  const run = async () => {
    while (!stopped) {
      try {
        messages = await open()
        if (stopped) messages.stop()
        for await (const message of messages) {
          const handled = deliver(consumer, options, message).finally(() => running.delete(handled))
          running.add(handled)
          if (running.size >= CONCURRENCY) await Promise.race(running)
        }
      } catch (err) {
        if (!stopped) log.warn({ err, consumer: durable }, 'the consumer lost JetStream and will come back')
      }
      if (!stopped) await sleep(250)
    }
  }
  // The first opening is waited for, so that a suite that is ready has all its consumers.
  await ensureConsumer(consumer, options, stream, durable)
  const ended = run()

  return {
    idle: async () => {
      if (running.size > 0) return false
      const info = await bus.manager.consumers.info(stream, durable).catch(() => undefined)
      return info !== undefined && info.num_pending === 0 && info.num_ack_pending === 0
    },
    stop: async () => {
      stopped = true
      messages?.stop()
      await ended
      await Promise.all(running)
    },
  }
}

async function ensureConsumer<Ctx>(
  consumer: Consumer<Ctx>,
  { bus, ackWaitMs }: SubscriptionOptions<Ctx>,
  stream: string,
  durable: string,
): Promise<void> {
  await bus.ensureStream(ownerOf(consumer.schema))
  await bus.manager.consumers.add(stream, {
    durable_name: durable,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    filter_subject: bus.filterOf(consumer.schema.typeName),
    ack_wait: nanos(ackWaitMs),
    // Attempts are counted here, not by the server: its limit would drop an event without a word.
    max_deliver: -1,
    max_ack_pending: CONCURRENCY * 16,
  })
}

/** A server that came back empty answers no pull and says nothing: missed heartbeats tell. */
export async function endWhenLost(messages: ConsumerMessages): Promise<void> {
  for await (const status of await messages.status()) {
    if (status.type === ConsumerEvents.HeartbeatsMissed && Number(status.data) >= 2) messages.stop()
  }
}

async function deliver<Ctx>(consumer: Consumer<Ctx>, options: SubscriptionOptions<Ctx>, message: JsMsg): Promise<void> {
  const label = `${options.service}-${consumer.name}`
  try {
    const envelope = envelopeFrom(message.data)
    for (let time = 0; time < options.deliveries; time++) {
      const first = await handleEnvelope(consumer, options, envelope)
      eventsHandled.labels(label, first ? 'done' : 'repeated').inc()
    }
    message.ack()
  } catch (err) {
    await retryOrBury(consumer, options, message, err)
  }
}

async function retryOrBury<Ctx>(
  consumer: Consumer<Ctx>,
  options: SubscriptionOptions<Ctx>,
  message: JsMsg,
  err: unknown,
): Promise<void> {
  const { log, service, db } = options
  const label = `${service}-${consumer.name}`
  const attempts = message.info.deliveryCount
  const delay = options.retryDelaysMs[attempts - 1]
  if (delay !== undefined) {
    log.warn({ err, consumer: label, attempts }, 'an event could not be handled and will be tried again')
    eventsHandled.labels(label, 'failed').inc()
    message.nak(delay)
    return
  }
  log.error({ err, consumer: label, attempts }, 'an event could not be handled and is a dead letter now')
  try {
    await bury(db.system, { consumer: consumer.name, message, error: String(err), attempts })
    eventsHandled.labels(label, 'dead').inc()
    message.term()
  } catch {
    // The database is down as well: the event stays with JetStream until it can be buried.
    message.nak(options.retryDelaysMs.at(-1))
  }
}
