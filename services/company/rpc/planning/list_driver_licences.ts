import type { PlanningService } from '#gen/tms/company/v1/planning_service_pb.ts'
import { type Handler, nextPageToken } from '#kit'
import type { Ctx } from '../../context.ts'
import { type LicenceCursor, listLicences } from '../../store/planning.ts'
import { given } from '../../wire/names.ts'
import { licenceToProto } from '../../wire/planning.ts'
import { requireDate, tenantOf } from '../common.ts'
import { pageFrom } from '../paging.ts'

/** Lists licences, those that end first coming first. */
export const listDriverLicences =
  (ctx: Ctx): Handler<typeof PlanningService.method.listDriverLicences> =>
  async (req, call) => {
    requireDate(req.endingBeforeDate)
    const page = pageFrom<LicenceCursor>(req, { validToDate: 'date', licenceId: 'uuid' })
    const filter = {
      ...page,
      driverUserId: given(req.driverUserId),
      endingBefore: given(req.endingBeforeDate),
    }
    const rows = await ctx.db.transaction((tx) => listLicences(tx, tenantOf(call), filter))
    return {
      licences: rows.map(licenceToProto),
      nextPageToken: nextPageToken(rows, page.limit, ({ validToDate, licenceId }) => ({ validToDate, licenceId })),
    }
  }
