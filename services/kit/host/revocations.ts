import { type DescMessage, fromBinary, type MessageShape } from '@bufbuild/protobuf'
import { DeliverPolicy } from 'nats'
import type { Bus } from '../events/bus.ts'
import { envelopeFrom } from '../events/consumer.ts'
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
export async function watchRevocations<D extends DescMessage>(
  source: RevocationSource<D> | undefined,
  bus: Bus,
  log: Logger,
): Promise<Revocations> {
  if (!source) return { isRevoked: () => false, stop: () => Promise.resolve() }
  const revoked = new Map<string, number>()
  const owner = ownerOf(source.schema)
  await bus.ensureStream(owner)
  const consumer = await bus.jetstream.consumers.get(bus.streamOf(owner), {
    filterSubjects: bus.filterOf(source.schema.typeName),
    deliver_policy: DeliverPolicy.StartTime,
    opt_start_time: new Date(Date.now() - LOOK_BACK_MS).toISOString(),
  })
  const messages = await consumer.consume()
  const forget = setInterval(() => {
    const before = Date.now() - LOOK_BACK_MS
    for (const [sessionId, heardAt] of revoked) if (heardAt < before) revoked.delete(sessionId)
  }, 60_000)
  const heard = (async () => {
    for await (const message of messages) {
      const event = fromBinary(source.schema, envelopeFrom(message.data).payload)
      revoked.set(source.sessionOf(event), Date.now())
    }
  })().catch((err: unknown) => log.error({ err }, 'ended sessions are no longer heard of'))
  return {
    isRevoked: (sessionId) => revoked.has(sessionId),
    stop: async () => {
      clearInterval(forget)
      await messages.close()
      await heard
    },
  }
}
