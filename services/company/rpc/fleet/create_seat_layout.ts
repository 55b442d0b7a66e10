import type { FleetService } from '#gen/tms/company/v1/fleet_service_pb.ts'
import type { Handler } from '#kit'
import type { Ctx } from '../../context.ts'
import { duplicateSeat, type Seat } from '../../domain/seats.ts'
import { refuse } from '../../errors.ts'
import { insertLayout } from '../../store/layouts.ts'
import { layoutToProto, seatsFromProto } from '../../wire/fleet.ts'
import { insertAs, tenantOf } from '../common.ts'

/** Enters a seat layout. */
export const createSeatLayout =
  (ctx: Ctx): Handler<typeof FleetService.method.createSeatLayout> =>
  async (req, call) => {
    const seats = requireDistinct(seatsFromProto(req.seats))
    const layout = {
      tenantId: tenantOf(call),
      layoutId: req.layoutId,
      name: req.name,
      version: 1,
      replacedLayoutId: null,
      current: true,
      createTime: ctx.clock.now(),
      seats,
    }
    return ctx.db.once(call, req, async (tx) => {
      await insertAs(req.layoutId, () => insertLayout(tx, layout))
      return { layout: layoutToProto(layout) }
    })
  }

/** Refuses seats of which two share a label or a place. */
export function requireDistinct(seats: readonly Seat[]): readonly Seat[] {
  const twice = duplicateSeat(seats)
  if (twice !== undefined) throw refuse('SEAT_DUPLICATE', `seat ${twice} is there twice`, { seat: twice })
  return seats
}
