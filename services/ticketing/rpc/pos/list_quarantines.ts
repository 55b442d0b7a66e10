import { type Handler, isIdCursor, nextPageToken, pageOf } from '#kit'
import type { PointOfSaleService } from '#gen/tms/ticketing/v1/point_of_sale_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { listQuarantines as list } from '../../store/pos/quarantines.ts'
import { quarantineStateFromProto, quarantineToProto } from '../../wire/pos/quarantines.ts'

/** Lists the company's quarantines. */
export const listQuarantines =
  (ctx: Ctx): Handler<typeof PointOfSaleService.method.listQuarantines> =>
  async (req) => {
    const page = pageOf(req, { default: 50, max: 200 }, isIdCursor)
    const found = await ctx.db.transaction((tx) => list(tx, quarantineStateFromProto(req.state), page))
    return {
      quarantines: found.map(quarantineToProto),
      nextPageToken: nextPageToken(found, page.limit, ({ quarantineId }) => quarantineId),
    }
  }
