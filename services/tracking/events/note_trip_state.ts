import { timestampDate } from '@bufbuild/protobuf/wkt'
import { on } from '#kit'
import { TripStatusChangedSchema } from '#gen/tms/company/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import { noteTripState as store } from '../store/trips.ts'
import { tripStateFromProto } from '../wire/trip_states.ts'

/** A trip boards, leaves, arrives or is cancelled: whoever reports for its bus follows. */
export const noteTripState = on(
  TripStatusChangedSchema,
  async (ctx: Ctx, tx, { tenantId, tripId, revision, newState, changeTime }) => {
    const state = tripStateFromProto(newState)
    const time = changeTime ? timestampDate(changeTime) : ctx.clock.now()
    if (state) await store(tx, { tripId, tenantId, revision, state, changeTime: time })
  },
  { name: 'note-trip-state' },
)
