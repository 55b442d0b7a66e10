import { on } from '#kit'
import { DriverAssignedSchema, DriverUnassignedSchema } from '#gen/tms/company/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import { ingestOf } from '../ingest/ingest.ts'
import { noteAssigned, noteReleased } from '../store/trips.ts'

/** Somebody drives a trip, and may report for its bus. */
export const noteDriver = on(DriverAssignedSchema, (_ctx: Ctx, tx, event) => noteAssigned(tx, event), {
  name: 'note-driver',
})

/** Somebody drives a trip no longer. */
export const releaseDriver = on(
  DriverUnassignedSchema,
  async (ctx: Ctx, tx, event) => {
    await noteReleased(tx, event)
    tx.afterCommit(() => ingestOf(ctx).announce())
  },
  { name: 'release-driver' },
)
