import { type Handler, sessionOf } from '#kit'
import { VerificationResult } from '#gen/tms/qr/v1/ticket_pb.ts'
import type { GetLuggageRequest, LuggageService } from '#gen/tms/ticketing/v1/luggage_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { normalizeCode } from '../../domain/booking_code.ts'
import { assertCrew } from '../../steps/crew.ts'
import { luggageUnknown } from '../../steps/move_item.ts'
import { findItem, historyOf, type ItemKey } from '../../store/luggage.ts'
import { eventToProto, itemToProto } from '../../wire/luggage.ts'

/** Shows one piece, and where it has been. */
export const getLuggage =
  (ctx: Ctx): Handler<typeof LuggageService.method.getLuggage> =>
  async ({ piece }, call) => {
    const session = sessionOf(call)
    const key = await keyOf(ctx, piece)
    return ctx.db.transaction(async (tx) => {
      const item = key && (await findItem(tx, key))
      if (!item) throw luggageUnknown()
      await assertCrew(tx, session, item.tripId)
      const history = await historyOf(tx, item.itemId)
      return { item: itemToProto(item, session), history: history.map(eventToProto) }
    })
  }

/** Undefined for a tag that is not ours: what is on it is not believed. */
async function keyOf(ctx: Ctx, piece: GetLuggageRequest['piece']): Promise<ItemKey | undefined> {
  switch (piece.case) {
    case 'itemId':
      return { itemId: piece.value }
    case 'tagNumber':
      return { tagNumber: normalizeCode(piece.value) }
    case 'tagCode': {
      const { result, tag } = await ctx.peers.qr.verifyLuggageTag({ code: piece.value })
      return result === VerificationResult.VALID && tag ? { itemId: tag.itemId } : undefined
    }
    case undefined:
      return undefined
  }
}
