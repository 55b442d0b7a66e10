import { timestampDate } from '@bufbuild/protobuf/wkt'
import { on } from '#kit'
import { TripStatusChangedSchema } from '#gen/tms/company/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import { leaveStop, miss } from '../steps/leave_stop.ts'
import { tripStateFromProto } from '../wire/classes.ts'

/** Above the number of any call. */
const AFTER_ALL_STOPS = 1_000

/** A trip that departed has left its first stop; when it has arrived, whoever never boarded has missed it. */
export const closeBoarding = on(
  TripStatusChangedSchema,
  async (ctx: Ctx, tx, { tenantId, tripId, newState, changeTime }) => {
    const now = changeTime ? timestampDate(changeTime) : ctx.clock.now()
    switch (tripStateFromProto(newState)) {
      case 'DEPARTED':
        await leaveStop(tx, ctx, { tenantId, tripId, sequence: 0, now, userId: undefined })
        return
      case 'ARRIVED':
        await miss(tx, ctx, { tenantId, tripId, sequence: AFTER_ALL_STOPS, now })
        return
      default:
        return
    }
  },
  { name: 'close-boarding' },
)
