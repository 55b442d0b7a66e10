import { create } from '@bufbuild/protobuf'
import { type Handler, sessionOf } from '#kit'
import { type LuggageService, RerouteLuggageResponseSchema } from '#gen/tms/ticketing/v1/luggage_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { rerouteItems } from '../../steps/reroute_items.ts'
import { itemToProto } from '../../wire/luggage.ts'

/** Sends pieces by another trip, on to another stop, or after their passengers. */
export const rerouteLuggage =
  (ctx: Ctx): Handler<typeof LuggageService.method.rerouteLuggage> =>
  async (req, call) => {
    const session = sessionOf(call)
    const rerouting = { way: req.way, deviceId: req.deviceId, note: req.note.trim() }
    return ctx.db.once(call, req, async (tx) => {
      const items = await rerouteItems(tx, ctx, session, req.itemIds, rerouting)
      return create(RerouteLuggageResponseSchema, { items: items.map((item) => itemToProto(item, session)) })
    })
  }
