import type { FleetService } from '#gen/tms/company/v1/fleet_service_pb.ts'
import { type Handler, isConstraint } from '#kit'
import type { Ctx } from '../../context.ts'
import { refuse } from '../../errors.ts'
import { type BusRow, insertBus } from '../../store/buses.ts'
import { busToProto } from '../../wire/fleet.ts'
import { insertAs, tenantOf } from '../common.ts'
import { requireCurrentLayout } from '../required.ts'

/** Enters a bus. */
export const createBus =
  (ctx: Ctx): Handler<typeof FleetService.method.createBus> =>
  async (req, call) => {
    const [tenantId, now] = [tenantOf(call), ctx.clock.now()]
    const { busId, plate, name, layoutId } = req
    const bus: BusRow = { tenantId, busId, plate, name, layoutId, state: 'ACTIVE', createTime: now, updateTime: now }
    return ctx.db.once(call, req, async (tx) => {
      await requireCurrentLayout(tx, tenantId, layoutId)
      await insertAs(busId, () => withPlate(plate, () => insertBus(tx, bus)))
      return { bus: busToProto(bus) }
    })
  }

/** Writes a bus under a plate that no other bus of the company has. */
export async function withPlate<T>(plate: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (err) {
    if (isConstraint(err, 'bus_plate')) throw refuse('PLATE_TAKEN', `there is a bus ${plate}`, { plate })
    throw err
  }
}
