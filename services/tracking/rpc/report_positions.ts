import { type Handler, sessionOf } from '#kit'
import type { TrackingService } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import type { Ctx } from '../context.ts'
import { ingestOf } from '../ingest/ingest.ts'
import type { Door } from '../ingest/reporting.ts'
import { ackToProto, secondsToProto } from '../wire/acks.ts'

export const reportPositions =
  (ctx: Ctx): Handler<typeof TrackingService.method.reportPositions> =>
  async ({ open, report }, call) => {
    const ingest = ingestOf(ctx)
    const replaced = Promise.withResolvers<never>()
    const reporting = await ingest.open(open!, sessionOf(call), answeredAtTheEnd(replaced.reject), call.signal)
    try {
      reporting.take(report!.positions)
      await Promise.race([reporting.quiet(), replaced.promise])
      const { intervalSeconds } = reporting.sender
      return { ack: ackToProto(reporting.takeAck()), reportInterval: secondsToProto(intervalSeconds) }
    } finally {
      ingest.close(reporting)
    }
  }

/** A call is answered once, so nothing is said on the way. */
function answeredAtTheEnd(end: (why: Error) => void): Door {
  const nothing = () => undefined
  return {
    acknowledge: nothing,
    isFull: () => true,
    tripChanged: nothing,
    intervalChanged: nothing,
    message: nothing,
    end,
  }
}
