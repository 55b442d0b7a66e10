import { type Handler, sessionOf } from '#kit'
import type { ShiftService } from '#gen/tms/ticketing/v1/shift_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { agencyStatement } from '../../steps/agency_statement.ts'

/** What an agent has sold, earned and was paid. */
export const getAgencyStatement =
  (ctx: Ctx): Handler<typeof ShiftService.method.getAgencyStatement> =>
  async (req, call) => ({ statement: await agencyStatement(ctx, sessionOf(call), req) })
