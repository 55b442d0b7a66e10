import { converse, type Handler, sessionOf } from '#kit'
import type { TrackingService } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import type { Ctx } from '../context.ts'
import { converseWith } from '../ingest/conversation.ts'

/** As it is called where its frames cannot be pushed, e.g. from this process. */
export const streamPositions =
  (ctx: Ctx): Handler<typeof TrackingService.method.streamPositions> =>
  (requests, call) =>
    converse(converseWith(ctx), sessionOf(call), requests, call.signal)
