import type { Handler } from '#kit'
import type { TrackingService } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { messagesOf } from '../store/instructions.ts'
import { hasTrip } from '../store/trips.ts'
import { messageToProto } from '../wire/acks.ts'

export const listDriverMessages =
  (ctx: Ctx): Handler<typeof TrackingService.method.listDriverMessages> =>
  async ({ tripId }) => {
    const messages = await ctx.db.transaction(async (tx) => {
      if (!(await hasTrip(tx, tripId))) throw refuse('TRIP_UNKNOWN', 'the company has no such trip')
      return messagesOf(tx, tripId)
    })
    return { messages: messages.map(messageToProto) }
  }
