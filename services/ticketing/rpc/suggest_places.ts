import type { Handler } from '#kit'
import { PlaceKind } from '#gen/tms/ticketing/v1/place_pb.ts'
import type { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import type { Ctx } from '../context.ts'
import { foldName } from '../domain/fold.ts'
import { suggest, type Suggestion } from '../domain/suggestion.ts'
import { placesLike } from '../store/places.ts'

const USUAL_LIMIT = 8
/** Many stops of one town may fit before the next town does. */
const STOPS_LOOKED_AT = 60
/** Places change when a company changes its network: rarely. */
const KEPT_SECONDS = 30

/** Suggests places while a passenger types. */
export const suggestPlaces =
  (ctx: Ctx): Handler<typeof TicketingService.method.suggestPlaces> =>
  async (req) => {
    const key = foldName(req.text)
    const limit = req.limit || USUAL_LIMIT
    const suggestions = await ctx.cache.through(`suggest:${limit}:${key}`, KEPT_SECONDS, () => lookUp(ctx, key, limit))
    return { suggestions: suggestions.map((one) => ({ ...one, kind: PlaceKind[one.kind] })) }
  }

async function lookUp(ctx: Ctx, key: string, limit: number): Promise<Suggestion[]> {
  if (key === '') return []
  // All rows: where buses stop is public, whoever asks.
  return suggest(await placesLike(ctx.db.system, key, STOPS_LOOKED_AT), limit)
}
