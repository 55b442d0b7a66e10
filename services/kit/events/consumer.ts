import { type DescMessage, fromBinary, type MessageShape } from '@bufbuild/protobuf'
import { type Envelope, EnvelopeSchema } from '#gen/tms/event/v1/event_pb.ts'
import type { Tx } from '../db/database.ts'

/** What a consumer may ask about the event that it handles. */
export type EventMeta = { readonly envelope: Envelope }

/**
 * What a service does about an event of another one.
 *
 * `apply` runs in the transaction that remembers the event, as the event's tenant (all rows for events of the platform):
 * delivered twice, it has its effect once. `prepare` runs before, outside the transaction, and may call peers.
 */
export type Consumer<Ctx> = {
  readonly name: string
  readonly schema: DescMessage
  readonly handle: (ctx: Ctx, envelope: Envelope, transaction: RunOnceInbox) => Promise<boolean>
}

/** Runs work in the transaction that remembers the event; false when it was remembered before. */
export type RunOnceInbox = (work: (tx: Tx) => Promise<void>) => Promise<boolean>

type Apply<Ctx, D extends DescMessage> = (
  ctx: Ctx,
  tx: Tx,
  event: MessageShape<D>,
  meta: EventMeta,
) => Promise<void> | void

type Prepared<Ctx, D extends DescMessage, P> = {
  readonly prepare: (ctx: Ctx, event: MessageShape<D>, meta: EventMeta) => Promise<P>
  readonly apply: (ctx: Ctx, tx: Tx, event: MessageShape<D>, prepared: P, meta: EventMeta) => Promise<void> | void
}

/**
 * Declares a consumer.
 *
 * @param options.name what it does, `confirm-on-payment`: with the service's name it is the durable consumer's name in
 *   JetStream, so that renaming it means reading all kept events again
 */
export function on<Ctx, D extends DescMessage, P = undefined>(
  schema: D,
  react: Apply<Ctx, D> | Prepared<Ctx, D, P>,
  options: { readonly name: string },
): Consumer<Ctx> {
  return {
    name: options.name,
    schema,
    handle: async (ctx, envelope, transaction) => {
      const event = fromBinary(schema, envelope.payload)
      const meta = { envelope }
      if (typeof react === 'function') return transaction(async (tx) => react(ctx, tx, event, meta))
      const prepared = await react.prepare(ctx, event, meta)
      return transaction(async (tx) => react.apply(ctx, tx, event, prepared, meta))
    },
  }
}

/** Reads an envelope from the wire. */
export function envelopeFrom(data: Uint8Array): Envelope {
  return fromBinary(EnvelopeSchema, data)
}
