import { type Handler, sessionOf } from '#kit'
import type { TrackingService } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { ingestOf } from '../ingest/ingest.ts'
import { insertMessage } from '../store/instructions.ts'
import { hasTrip } from '../store/trips.ts'
import { messageToProto } from '../wire/acks.ts'

export const sendDriverMessage =
  (ctx: Ctx): Handler<typeof TrackingService.method.sendDriverMessage> =>
  (req, call) =>
    ctx.db.once(call, req, async (tx) => {
      const { messageId, tripId, text } = req
      if (!(await hasTrip(tx, tripId))) throw refuse('TRIP_UNKNOWN', 'the company has no such trip')
      const message = { messageId, tripId, text, createTime: ctx.clock.now(), showTime: undefined }
      await insertMessage(tx, sessionOf(call).tenantId ?? '', message)
      tx.afterCommit(() => ingestOf(ctx).announce())
      return { message: messageToProto(message) }
    })
