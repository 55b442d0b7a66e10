import type { NetworkService } from '#gen/tms/company/v1/network_service_pb.ts'
import type { Handler } from '#kit'
import type { Ctx } from '../../context.ts'
import { refuse } from '../../errors.ts'
import { findFares, withdrawFares as takeBack } from '../../store/fares.ts'
import { fareToProto } from '../../wire/network.ts'
import { tenantOf } from '../common.ts'
import { announceFares } from './set_fares.ts'

/** Takes fares back; what counted before counts again, and the sellers are told. */
export const withdrawFares =
  (ctx: Ctx): Handler<typeof NetworkService.method.withdrawFares> =>
  async ({ fareIds }, call) => {
    const tenantId = tenantOf(call)
    return ctx.db.transaction(async (tx) => {
      const ended = await takeBack(tx, tenantId, fareIds, ctx.clock.now())
      const fares = await findFares(tx, tenantId, fareIds)
      const missing = fareIds.find((id) => !fares.some(({ fareId }) => fareId === id))
      if (missing !== undefined) throw refuse('FARE_UNKNOWN', 'no such fare', { fare_id: missing })
      if (ended.length === 0) return { fares: fares.map(fareToProto) }
      const republishedTripCount = await announceFares(ctx, tx, tenantId, ended)
      return { fares: fares.map(fareToProto), republishedTripCount }
    })
  }
