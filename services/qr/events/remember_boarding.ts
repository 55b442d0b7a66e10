import { on } from '#kit'
import { TicketBoardedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import { timestampDate } from '@bufbuild/protobuf/wkt'
import type { Ctx } from '../context.ts'
import { addBoarding } from '../store/tickets.ts'

/** A ticket that was boarded with is good for no second passenger. */
export const rememberBoarding = on(
  TicketBoardedSchema,
  async (ctx: Ctx, tx, { ticketId, tenantId, tripId, boardTime }) => {
    await addBoarding(tx, {
      ticketId,
      tenantId,
      tripId,
      boardTime: boardTime ? timestampDate(boardTime) : ctx.clock.now(),
    })
  },
  { name: 'remember-boarding' },
)
