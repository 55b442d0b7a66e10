import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { TimetableService } from '#gen/tms/company/v1/timetable_service_pb.ts'
import type { Handler } from '#kit'
import type { Ctx } from '../../context.ts'
import { listSwaps } from '../../store/bus_swaps.ts'
import { tenantOf } from '../common.ts'
import { requireTrip } from '../required.ts'

/** The swaps of buses of one trip, the latest first. */
export const listBusSwaps =
  (ctx: Ctx): Handler<typeof TimetableService.method.listBusSwaps> =>
  async ({ tripId }, call) => {
    const tenantId = tenantOf(call)
    return ctx.db.transaction(async (tx) => {
      await requireTrip(tx, tenantId, tripId)
      const swaps = await listSwaps(tx, tenantId, tripId)
      return { swaps: swaps.map((row) => ({ ...row, swapTime: timestampFromDate(row.swapTime) })) }
    })
  }
