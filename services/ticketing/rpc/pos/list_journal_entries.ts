import { type Handler, nextPageToken, pageOf } from '#kit'
import type { PointOfSaleService } from '#gen/tms/ticketing/v1/point_of_sale_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { type EntryCursor, listEntries } from '../../store/pos/journal.ts'
import { outcomeFromProto } from '../../wire/pos/entries.ts'
import { listedToProto } from '../../wire/pos/quarantines.ts'

/** Lists entries that were taken over. */
export const listJournalEntries =
  (ctx: Ctx): Handler<typeof PointOfSaleService.method.listJournalEntries> =>
  async (req) => {
    const page = pageOf(req, { default: 100, max: 500 }, isCursor)
    const entries = await ctx.db.transaction((tx) =>
      listEntries(tx, { ...req, outcomes: req.outcomes.map(outcomeFromProto) }, page),
    )
    return {
      entries: entries.map(listedToProto),
      nextPageToken: nextPageToken(entries, page.limit, ({ deviceId, result }): EntryCursor => ({
        deviceId,
        sequence: result.sequence,
      })),
    }
  }

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function isCursor(cursor: unknown): cursor is EntryCursor {
  const { deviceId, sequence } = (cursor ?? {}) as Record<string, unknown>
  return typeof deviceId === 'string' && UUID.test(deviceId) && Number.isSafeInteger(sequence)
}
