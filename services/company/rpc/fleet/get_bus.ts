import type { FleetService } from '#gen/tms/company/v1/fleet_service_pb.ts'
import type { Handler } from '#kit'
import type { Ctx } from '../../context.ts'
import { busToProto } from '../../wire/fleet.ts'
import { tenantOf } from '../common.ts'
import { requireBus } from '../required.ts'

/** Reads one bus. */
export const getBus =
  (ctx: Ctx): Handler<typeof FleetService.method.getBus> =>
  async ({ busId }, call) => {
    const bus = await ctx.db.transaction((tx) => requireBus(tx, tenantOf(call), busId))
    return { bus: busToProto(bus) }
  }
