import { on } from '#kit'
import { DriverAssignedSchema } from '#gen/tms/company/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import { noteDriver as store } from '../store/crew.ts'

/** A driver was put on a trip, and boards its passengers. */
export const noteDriver = on(DriverAssignedSchema, async (_ctx: Ctx, tx, event) => store(tx, event, false), {
  name: 'note-driver',
})
