import { type Handler, sessionOf } from '#kit'
import type { LuggageService } from '#gen/tms/ticketing/v1/luggage_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { reachTrip } from '../../steps/crew.ts'
import { listItems } from '../../store/luggage.ts'
import { itemToProto } from '../../wire/luggage.ts'

/** Lists what a trip carries. */
export const listLuggage =
  (ctx: Ctx): Handler<typeof LuggageService.method.listLuggage> =>
  async ({ tripId, stopSequence }, call) => {
    const session = sessionOf(call)
    const items = await ctx.db.transaction(async (tx) => {
      await reachTrip(tx, session, tripId)
      return listItems(tx, tripId, stopSequence)
    })
    return { items: items.map((item) => itemToProto(item, session)) }
  }
