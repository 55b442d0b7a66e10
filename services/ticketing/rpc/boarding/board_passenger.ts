import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type Handler, sessionOf } from '#kit'
import type { BoardingService } from '#gen/tms/ticketing/v1/boarding_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { boardRider } from '../../steps/board_rider.ts'
import { reachTrip } from '../../steps/crew.ts'
import { manifestToProto } from '../../wire/booking.ts'

/** Lets a passenger on whom the crew found in the manifest. */
export const boardPassenger =
  (ctx: Ctx): Handler<typeof BoardingService.method.boardPassenger> =>
  async (req, call) => {
    const session = sessionOf(call)
    const { scanId, ticketId, tripId, stopSequence, deviceId } = req
    return ctx.db.once(call, req, async (tx) => {
      await reachTrip(tx, session, tripId)
      const now = ctx.clock.now()
      const line = await boardRider(tx, ctx, { scanId, ticketId, tripId, stopSequence, deviceId, now })
      return { entry: manifestToProto(line, session), boardTime: timestampFromDate(now) }
    })
  }
