import type { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import type { Handler } from '#kit'
import type { Ctx } from '../context.ts'
import { keptList, listedWeek } from '../steps/timetable_lists.ts'
import { townsCalledAt } from '../store/connections.ts'

const MOST_TOWNS = 300

/** Lists the towns that buses call at within the coming days. */
export const listTowns =
  (ctx: Ctx): Handler<typeof TicketingService.method.listTowns> =>
  async () => {
    const [from, until] = listedWeek(ctx)
    // All rows: what is on sale is public, whoever asks.
    return { towns: await keptList(ctx, 'towns', () => townsCalledAt(ctx.db.system, from, until, MOST_TOWNS)) }
  }
