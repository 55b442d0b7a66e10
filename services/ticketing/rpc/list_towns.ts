import type { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import type { Handler } from '#kit'
import type { Ctx } from '../context.ts'
import { townsCalledAt } from '../store/connections.ts'

const DAYS = 7
const DAY_MS = 86_400_000
const MOST_TOWNS = 300

/** Lists the towns that buses call at within the coming days. Asked of every trip of a week, so kept for some minutes. */
export const listTowns =
  (ctx: Ctx): Handler<typeof TicketingService.method.listTowns> =>
  async () => {
    const from = ctx.clock.now()
    const until = new Date(from.getTime() + DAYS * DAY_MS)
    // All rows: what is on sale is public, whoever asks.
    const load = () => townsCalledAt(ctx.db.system, from, until, MOST_TOWNS)
    const seconds = ctx.settings.connectionsCacheSeconds
    return { towns: seconds === 0 ? await load() : await ctx.cache.through('towns', seconds, load) }
  }
