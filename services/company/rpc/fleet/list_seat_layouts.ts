import type { FleetService } from '#gen/tms/company/v1/fleet_service_pb.ts'
import { type Handler, nextPageToken } from '#kit'
import type { Ctx } from '../../context.ts'
import { type LayoutCursor, listLayouts } from '../../store/layouts.ts'
import { layoutToProto } from '../../wire/fleet.ts'
import { tenantOf } from '../common.ts'
import { pageFrom } from '../paging.ts'

/** Lists seat layouts by name. */
export const listSeatLayouts =
  (ctx: Ctx): Handler<typeof FleetService.method.listSeatLayouts> =>
  async (req, call) => {
    const page = pageFrom<LayoutCursor>(req, { name: 'text', layoutId: 'uuid' })
    const filter = { ...page, replacedToo: req.showReplaced }
    const rows = await ctx.db.transaction((tx) => listLayouts(tx, tenantOf(call), filter))
    return {
      layouts: rows.map(layoutToProto),
      nextPageToken: nextPageToken(rows, page.limit, ({ name, layoutId }) => ({ name, layoutId })),
    }
  }
