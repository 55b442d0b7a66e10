import type { FleetService } from '#gen/tms/company/v1/fleet_service_pb.ts'
import type { Handler } from '#kit'
import type { Ctx } from '../../context.ts'
import { refuse } from '../../errors.ts'
import { insertLayout, moveToLayout, retireLayout } from '../../store/layouts.ts'
import { layoutToProto, seatsFromProto } from '../../wire/fleet.ts'
import { insertAs, tenantOf } from '../common.ts'
import { requireLayout } from '../required.ts'
import { requireDistinct } from './create_seat_layout.ts'

/** Replaces a layout by a new version: seats that were sold stay where they were. */
export const reviseSeatLayout =
  (ctx: Ctx): Handler<typeof FleetService.method.reviseSeatLayout> =>
  async (req, call) => {
    const [tenantId, now] = [tenantOf(call), ctx.clock.now()]
    const seats = requireDistinct(seatsFromProto(req.seats))
    return ctx.db.once(call, req, async (tx) => {
      const old = await requireLayout(tx, tenantId, req.layoutId)
      if (!(await retireLayout(tx, tenantId, old.layoutId))) {
        throw refuse('LAYOUT_REPLACED', 'the layout has a newer version', { layout_id: old.layoutId })
      }
      const layout = {
        tenantId,
        layoutId: req.newLayoutId,
        name: req.name,
        version: old.version + 1,
        replacedLayoutId: old.layoutId,
        current: true,
        createTime: now,
        seats,
      }
      await insertAs(layout.layoutId, () => insertLayout(tx, layout))
      const busCount = await moveToLayout(tx, tenantId, old.layoutId, layout.layoutId, now)
      return { layout: layoutToProto(layout), busCount }
    })
  }
