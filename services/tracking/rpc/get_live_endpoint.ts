import type { TrackingService } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import type { Handler } from '#kit'
import type { Ctx } from '../context.ts'
import { liveUrls } from '../live/endpoint.ts'

export const getLiveEndpoint =
  (ctx: Ctx): Handler<typeof TrackingService.method.getLiveEndpoint> =>
  () =>
    Promise.resolve({ urls: liveUrls(ctx) })
