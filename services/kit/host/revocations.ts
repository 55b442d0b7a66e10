import { type DescMessage, fromBinary, type MessageShape } from '@bufbuild/protobuf'
import { AckPolicy, type ConsumerMessages, DeliverPolicy, nanos } from 'nats'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Bus } from '../events/bus.ts'
import { envelopeFrom } from '../events/consumer.ts'
import { endWhenLost } from '../events/subscription.ts'
import { ownerOf } from '../policy.ts'
import type { Logger } from '../telemetry/log.ts'

/** The event that ends a session early, and how to read the session's id from it. */
export type RevocationSource<D extends DescMessage> = {
  readonly schema: D
  readonly sessionOf: (event: MessageShape<D>) => string
}

/** No access token lives longer than this; older news need not be heard. */
const LOOK_BACK_MS = 11 * 60_000

/** The sessions that were ended before their tokens ran out. */
export type Revocations = { readonly isRevoked: (sessionId: string) => boolean; readonly stop: () => Promise<void> }

/** Hears of ended sessions in every process, so that no service has to ask for each call. */
export function watchRevocations<D extends DescMessage>(
  source: RevocationSource<D> | undefined,
  bus: Bus,
  log: Logger,
): Revocations {
  if (!source) return { isRevoked: () => false, stop: () => Promise.resolve() }
  const revoked = new Map<string, number>()
  let messages: ConsumerMessages | undefined
  let stopped = false
  const listen = async () => {
    while (!stopped) {
      try {
        messages = await hearFrom(bus, source.schema)
        if (stopped) messages.stop()
        for await (const message of messages) {
          const event = fromBinary(source.schema, envelopeFrom(message.data).payload)
          revoked.set(source.sessionOf(event), Date.now())
        }
      } catch (err) {
        if (!stopped) log.warn({ err }, 'ended sessions are not heard of at the moment')
      }
      if (!stopped) await sleep(250)
    }
  }
  const ended = listen()
  const forget = setInterval(() => {
    const before = Date.now() - LOOK_BACK_MS
    for (const [sessionId, heardAt] of revoked) if (heardAt < before) revoked.delete(sessionId)
  }, 60_000)
  return {
    isRevoked: (sessionId) => revoked.has(sessionId),
    stop: async () => {
      stopped = true
      clearInterval(forget)
      messages?.stop()
      await ended
    },
  }
}

/** Told by heartbeats, a lost server or stream is noticed within two of these. */
const PULL_EXPIRES_MS = 5_000

/**
 * Reads from a while back, so that a process that starts late knows what the others do.
 *
 * By a consumer of our own, which ends with its stream. One that the client keeps in order would wait for the number
 * after the last it heard, and in a stream that was wiped and filled again that number is far away.
 */
async function hearFrom(bus: Bus, schema: DescMessage): Promise<ConsumerMessages> {
  const owner = ownerOf(schema)
  await bus.ensureStream(owner)
  const { name } = await bus.manager.consumers.add(bus.streamOf(owner), {
    ack_policy: AckPolicy.None,
    filter_subject: bus.filterOf(schema.typeName),
    deliver_policy: DeliverPolicy.StartTime,
    opt_start_time: new Date(Date.now() - LOOK_BACK_MS).toISOString(),
    mem_storage: true,
    inactive_threshold: nanos(LOOK_BACK_MS),
  })
  const consumer = await bus.jetstream.consumers.get(bus.streamOf(owner), name)
  const messages = await consumer.consume({ expires: PULL_EXPIRES_MS, abort_on_missing_resource: true })
  void endWhenLost(messages)
  return messages
}
