import type { ServiceImpl } from '@connectrpc/connect'
import type { DispatchService } from '#gen/tms/ticketing/v1/dispatch_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { planBusSwap } from './plan_bus_swap.ts'
import { swapBus } from './swap_bus.ts'

/** Every method of DispatchService. */
export const dispatchRpcs = (ctx: Ctx): ServiceImpl<typeof DispatchService> => ({
  planBusSwap: planBusSwap(ctx),
  swapBus: swapBus(ctx),
})
