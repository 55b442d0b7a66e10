import type { Handler } from '#kit'
import type { DispatchService } from '#gen/tms/ticketing/v1/dispatch_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { findBus, planOnTrip } from '../../steps/plan_swap.ts'
import { lentOn } from '../../store/pos/leases.ts'
import { planToProto } from '../../wire/swap.ts'

/** Tells what another bus would mean for the passengers of a trip. */
export const planBusSwap =
  (ctx: Ctx): Handler<typeof DispatchService.method.planBusSwap> =>
  async ({ tripId, busId }) => {
    const bus = await findBus(ctx, busId)
    return ctx.db.transaction(async (tx) => {
      const plan = await planOnTrip(tx, ctx, tripId, bus)
      return { plan: planToProto(plan, tripId, bus, await lentOn(tx, tripId)) }
    })
  }
