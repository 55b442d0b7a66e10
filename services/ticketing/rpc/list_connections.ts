import { type Handler, nextPageToken } from '#kit'
import type { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import type { Ctx } from '../context.ts'
import { byTowns, type Connection, connectionsOf } from '../domain/connection.ts'
import { cursorPage } from '../steps/cursors.ts'
import { lowestOfSellers } from '../steps/lowest_fares.ts'
import { keptList, listedWeek } from '../steps/timetable_lists.ts'
import { connectionToProto } from '../wire/connection.ts'

const aTown = (text: string) => text.length <= 200

/** Lists the pairs of towns that buses join within the coming days. */
export const listConnections =
  (ctx: Ctx): Handler<typeof TicketingService.method.listConnections> =>
  async (req) => {
    const { limit, after } = cursorPage(
      req,
      { default: 200, max: 1_000 },
      { originTown: aTown, destinationTown: aTown },
    )
    const all = await connections(ctx)
    const page = all.filter((one) => !after || byTowns(one, after) > 0).slice(0, limit)
    return {
      connections: page.map(connectionToProto),
      nextPageToken: nextPageToken(page, limit, ({ originTown, destinationTown }) => ({ originTown, destinationTown })),
    }
  }

function connections(ctx: Ctx): Promise<Connection[]> {
  const [from, until] = listedWeek(ctx)
  return keptList(ctx, 'connections', async () => connectionsOf(await lowestOfSellers(ctx, from, until)))
}
