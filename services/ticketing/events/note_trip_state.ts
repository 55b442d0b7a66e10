import { on } from '#kit'
import { TripStatusChangedSchema } from '#gen/tms/company/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import { noteTripState as store } from '../store/trip_copy.ts'
import { tripStateFromProto } from '../wire/classes.ts'

/** A trip boards, leaves, arrives or is cancelled: sales follow. */
export const noteTripState = on(
  TripStatusChangedSchema,
  async (_ctx: Ctx, tx, event) => {
    const state = tripStateFromProto(event.newState)
    if (state) await store(tx, event.tenantId, event.tripId, event.revision, state)
  },
  { name: 'note-trip-state' },
)
