import type { ServiceImpl } from '@connectrpc/connect'
import type { FleetService } from '#gen/tms/company/v1/fleet_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { createBus } from './create_bus.ts'
import { createSeatLayout } from './create_seat_layout.ts'
import { getBus } from './get_bus.ts'
import { getSeatLayout } from './get_seat_layout.ts'
import { listBuses } from './list_buses.ts'
import { listSeatLayouts } from './list_seat_layouts.ts'
import { reviseSeatLayout } from './revise_seat_layout.ts'
import { updateBus } from './update_bus.ts'

/** Every method of FleetService. */
export const fleetRpcs = (ctx: Ctx): ServiceImpl<typeof FleetService> => ({
  createSeatLayout: createSeatLayout(ctx),
  reviseSeatLayout: reviseSeatLayout(ctx),
  getSeatLayout: getSeatLayout(ctx),
  listSeatLayouts: listSeatLayouts(ctx),
  createBus: createBus(ctx),
  updateBus: updateBus(ctx),
  getBus: getBus(ctx),
  listBuses: listBuses(ctx),
})
