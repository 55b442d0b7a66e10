import { FareState } from '#gen/tms/company/v1/fare_pb.ts'
import type { NetworkService } from '#gen/tms/company/v1/network_service_pb.ts'
import { type Handler, nextPageToken } from '#kit'
import type { Ctx } from '../../context.ts'
import { type FareCursor, listFares as readFares } from '../../store/fares.ts'
import { given, nameIfGiven } from '../../wire/names.ts'
import { fareToProto } from '../../wire/network.ts'
import { tenantOf } from '../common.ts'
import { pageFrom } from '../paging.ts'

/** Lists fares by ride and class, the latest first. */
export const listFares =
  (ctx: Ctx): Handler<typeof NetworkService.method.listFares> =>
  async (req, call) => {
    const page = pageFrom<FareCursor>(req, {
      fromStopId: 'uuid',
      toStopId: 'uuid',
      seatClass: 'text',
      validFromDate: 'date',
      fareId: 'uuid',
    })
    const filter = {
      ...page,
      fromStopId: given(req.fromStopId),
      toStopId: given(req.toStopId),
      state: nameIfGiven(FareState, req.state),
    }
    const rows = await ctx.db.transaction((tx) => readFares(tx, tenantOf(call), filter))
    const cursorOf = ({ fromStopId, toStopId, seatClass, validFromDate, fareId }: FareCursor) =>
      ({ fromStopId, toStopId, seatClass, validFromDate, fareId }) satisfies FareCursor
    return { fares: rows.map(fareToProto), nextPageToken: nextPageToken(rows, page.limit, cursorOf) }
  }
