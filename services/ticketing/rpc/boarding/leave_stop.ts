import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type Handler, sessionOf } from '#kit'
import type { BoardingService } from '#gen/tms/ticketing/v1/boarding_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { refuse } from '../../errors.ts'
import { reachTrip } from '../../steps/crew.ts'
import { leaveStop as leave } from '../../steps/leave_stop.ts'
import { listRiders } from '../../store/manifest.ts'
import { riderToProto } from '../../wire/manifest.ts'

/** The crew says that the bus has left a stop, and hears who is not on board. */
export const leaveStop =
  (ctx: Ctx): Handler<typeof BoardingService.method.leaveStop> =>
  async ({ tripId, stopSequence: sequence }, call) => {
    const session = sessionOf(call)
    return ctx.db.transaction(async (tx) => {
      const { tenantId, calls } = await reachTrip(tx, session, tripId)
      if (sequence >= calls.length - 1) {
        const from = { from_sequence: String(sequence), to_sequence: '' }
        throw refuse('LEGS_INVALID', 'the trip does not go on from this call', from)
      }
      const now = ctx.clock.now()
      const { leaveTime } = await leave(tx, ctx, { tenantId, tripId, sequence, now, userId: session.userId })
      const missing = (await listRiders(tx, tripId)).filter(
        ({ fromSequence, toSequence, state }) =>
          fromSequence <= sequence && sequence < toSequence && state !== 'BOARDED',
      )
      return {
        leaveTime: timestampFromDate(leaveTime),
        missing: missing.map((rider) => riderToProto(rider, session)),
      }
    })
  }
