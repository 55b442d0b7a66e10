import { type Handler, nextPageToken, pageOf } from '#kit'
import type { PointOfSaleService } from '#gen/tms/ticketing/v1/point_of_sale_service_pb.ts'
import { refuse } from '../../errors.ts'
import type { Ctx } from '../../context.ts'
import { keptEntries, readQuarantine } from '../../store/pos/quarantines.ts'
import { keptToProto } from '../../wire/pos/quarantines.ts'

/** Lists what a quarantine keeps. */
export const listQuarantinedEntries =
  (ctx: Ctx): Handler<typeof PointOfSaleService.method.listQuarantinedEntries> =>
  async (req) => {
    const { quarantineId } = req
    const { limit, after = 0 } = pageOf(req, { default: 100, max: 500 }, isPlace)
    const kept = await ctx.db.transaction(async (tx) => {
      if (!(await readQuarantine(tx, quarantineId))) throw quarantineUnknown(quarantineId)
      return keptEntries(tx, quarantineId, after, limit)
    })
    return {
      entries: kept.map(keptToProto),
      nextPageToken: nextPageToken(kept, limit, ({ position }) => position),
    }
  }

function isPlace(cursor: unknown): cursor is number {
  return typeof cursor === 'number' && Number.isInteger(cursor) && Math.abs(cursor) <= 2_147_483_647
}

export function quarantineUnknown(quarantineId: string) {
  return refuse('QUARANTINE_UNKNOWN', 'there is no such quarantine', { quarantine_id: quarantineId })
}
