import { type Handler, sessionOf } from '#kit'
import type { TrackingService } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import type { Ctx } from '../context.ts'
import { reportStream } from '../ingest/report_stream.ts'

export const streamPositions =
  (ctx: Ctx): Handler<typeof TrackingService.method.streamPositions> =>
  (requests, call) =>
    reportStream(ctx, sessionOf(call), requests, call.signal)
