import { BusState } from '#gen/tms/company/v1/bus_pb.ts'
import type { FleetService } from '#gen/tms/company/v1/fleet_service_pb.ts'
import type { Handler } from '#kit'
import type { Ctx } from '../../context.ts'
import { updateBus as writeBus } from '../../store/buses.ts'
import { seatSchedulesOfBus } from '../../store/schedules.ts'
import { busToProto } from '../../wire/fleet.ts'
import { nameOf } from '../../wire/names.ts'
import { tenantOf } from '../common.ts'
import { requireBus, requireCurrentLayout } from '../required.ts'
import { withPlate } from './create_bus.ts'

/** Writes what is now true of a bus; the trips that its schedules make from now on have its seats. */
export const updateBus =
  (ctx: Ctx): Handler<typeof FleetService.method.updateBus> =>
  async (req, call) => {
    const [tenantId, updateTime] = [tenantOf(call), ctx.clock.now()]
    const { busId, plate, name, layoutId } = req
    const state = nameOf(BusState, req.state)
    return ctx.db.transaction(async (tx) => {
      const old = await requireBus(tx, tenantId, busId)
      if (old.layoutId !== layoutId) {
        await requireCurrentLayout(tx, tenantId, layoutId)
        await seatSchedulesOfBus(tx, tenantId, busId, layoutId)
      }
      const facts = { tenantId, busId, plate, name, layoutId, state, updateTime }
      return { bus: busToProto(await withPlate(plate, () => writeBus(tx, facts))) }
    })
  }
