import type { FleetService } from '#gen/tms/company/v1/fleet_service_pb.ts'
import type { Handler } from '#kit'
import type { Ctx } from '../../context.ts'
import { layoutToProto } from '../../wire/fleet.ts'
import { tenantOf } from '../common.ts'
import { requireLayout } from '../required.ts'

/** Reads one seat layout. */
export const getSeatLayout =
  (ctx: Ctx): Handler<typeof FleetService.method.getSeatLayout> =>
  async ({ layoutId }, call) => {
    const layout = await ctx.db.transaction((tx) => requireLayout(tx, tenantOf(call), layoutId))
    return { layout: layoutToProto(layout) }
  }
