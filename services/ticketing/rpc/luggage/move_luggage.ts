import { type Handler, sessionOf } from '#kit'
import type { LuggageService } from '#gen/tms/ticketing/v1/luggage_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { refuse } from '../../errors.ts'
import { moveItem } from '../../steps/move_item.ts'
import { itemToProto, moveFromProto } from '../../wire/luggage.ts'

/** Writes down what was done with a piece. */
export const moveLuggage =
  (ctx: Ctx): Handler<typeof LuggageService.method.moveLuggage> =>
  async (req, call) => {
    const session = sessionOf(call)
    const { itemId, pickupCode, deviceId, note, stopSequence: sequence } = req
    const moving = { itemId, pickupCode, deviceId, note: note.trim(), sequence, move: moveFromProto(req.move) }
    const moved = await ctx.db.transaction((tx) => moveItem(tx, ctx, session, moving))
    if ('item' in moved) return { item: itemToProto(moved.item, session) }
    // Refused only now: what was counted stays.
    const left = { attempts_left: String(Math.max(0, moved.wrongCode.attemptsLeft)) }
    throw refuse('PICKUP_CODE_WRONG', 'this is not the code for this piece', left)
  }
