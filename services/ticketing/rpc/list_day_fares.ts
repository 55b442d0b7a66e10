import { type Handler, isServiceDate } from '#kit'
import type { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { dayFares } from '../steps/search.ts'
import { dayFareToProto } from '../wire/connection.ts'

const USUAL_DAYS = 7

/** Lists the lowest fares of some days between two places. */
export const listDayFares =
  (ctx: Ctx): Handler<typeof TicketingService.method.listDayFares> =>
  async (req) => {
    const { firstDate, dayCount } = req
    if (!isServiceDate(firstDate))
      throw refuse('DATE_INVALID', `there is no day ${firstDate}`, { first_date: firstDate })
    const leavingAfter = new Date(ctx.clock.now().getTime() + ctx.settings.cutoffSeconds * 1_000)
    const days = await dayFares(ctx, req, dayCount || USUAL_DAYS, leavingAfter)
    return { days: days.map(dayFareToProto) }
  }
