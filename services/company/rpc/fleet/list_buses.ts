import { BusState } from '#gen/tms/company/v1/bus_pb.ts'
import type { FleetService } from '#gen/tms/company/v1/fleet_service_pb.ts'
import { type Handler, nextPageToken } from '#kit'
import type { Ctx } from '../../context.ts'
import { listBuses as readBuses } from '../../store/buses.ts'
import { busToProto } from '../../wire/fleet.ts'
import { given, nameIfGiven } from '../../wire/names.ts'
import { tenantOf } from '../common.ts'
import { pageFrom } from '../paging.ts'

/** Lists the fleet by plate. */
export const listBuses =
  (ctx: Ctx): Handler<typeof FleetService.method.listBuses> =>
  async (req, call) => {
    const page = pageFrom<{ plate: string }>(req, { plate: 'text' })
    const filter = { ...page, state: nameIfGiven(BusState, req.state), layoutId: given(req.layoutId) }
    const rows = await ctx.db.transaction((tx) => readBuses(tx, tenantOf(call), filter))
    return {
      buses: rows.map(busToProto),
      nextPageToken: nextPageToken(rows, page.limit, ({ plate }) => ({ plate })),
    }
  }
