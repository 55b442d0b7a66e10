import { on } from '#kit'
import { DriverUnassignedSchema } from '#gen/tms/company/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import { noteDriver } from '../store/crew.ts'

/** A driver was taken off a trip, and its passengers are not theirs any more. */
export const releaseDriver = on(DriverUnassignedSchema, async (_ctx: Ctx, tx, event) => noteDriver(tx, event, true), {
  name: 'release-driver',
})
