import { sql } from 'drizzle-orm'
import type { Envelope } from '#gen/tms/event/v1/event_pb.ts'
import { detachedCall, runInCall } from '../call.ts'
import type { Database } from '../db/database.ts'
import { traced } from '../telemetry/trace.ts'
import type { Consumer } from './consumer.ts'

/** The service in which an event is handled. */
export type Handling<Ctx> = { readonly service: string; readonly ctx: Ctx; readonly db: Database }

/** Handles one event in the call that it came from. Returns false when it was handled before. */
export function handleEnvelope<Ctx>(
  consumer: Consumer<Ctx>,
  { ctx, db, service }: Handling<Ctx>,
  envelope: Envelope,
): Promise<boolean> {
  const rows = envelope.tenantId === '' ? 'system' : { tenantId: envelope.tenantId }
  const span = `${service} ${consumer.name}`
  return traced(span, 'consumer', envelope.traceparent, (traceparent) =>
    runInCall(detachedCall(envelope.correlationId, traceparent), () =>
      consumer.handle(ctx, envelope, (work) =>
        db.transaction(async (tx) => {
          const remembered = await tx.execute(sql`
            insert into inbox (consumer, event_id) values (${consumer.name}, ${envelope.eventId})
            on conflict do nothing returning 1`)
          if (remembered.length === 0) return false
          await work(tx)
          return true
        }, rows),
      ),
    ),
  )
}
