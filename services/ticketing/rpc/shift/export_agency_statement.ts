import { type Handler, sessionOf } from '#kit'
import {
  ExportAgencyStatementRequest_Format as Format,
  type ShiftService,
} from '#gen/tms/ticketing/v1/shift_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { agencyCsv, agencyPdf } from '../../paper/agency.ts'
import { agencyStatement } from '../../steps/agency_statement.ts'

/** As getAgencyStatement, as a file. */
export const exportAgencyStatement =
  (ctx: Ctx): Handler<typeof ShiftService.method.exportAgencyStatement> =>
  async (req, call) => {
    const statement = await agencyStatement(ctx, sessionOf(call), req)
    const name = `agency-${statement.firstDate}-${statement.lastDate}`
    if (req.format === Format.CSV) {
      return { content: agencyCsv(statement), fileName: `${name}.csv`, contentType: 'text/csv' }
    }
    const content = await agencyPdf(statement, ctx.clock.now())
    return { content, fileName: `${name}.pdf`, contentType: 'application/pdf' }
  }
