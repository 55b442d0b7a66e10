import { timestampDate } from '@bufbuild/protobuf/wkt'
import type { PlanningService } from '#gen/tms/company/v1/planning_service_pb.ts'
import { type Handler, nextPageToken } from '#kit'
import type { Ctx } from '../../context.ts'
import { listChanges, type PlanChangeCursor } from '../../store/planning.ts'
import { given } from '../../wire/names.ts'
import { planChangeToProto } from '../../wire/planning.ts'
import { tenantOf } from '../common.ts'
import { pageFrom } from '../paging.ts'

/** Lists who changed what, the latest first. */
export const listPlanChanges =
  (ctx: Ctx): Handler<typeof PlanningService.method.listPlanChanges> =>
  async (req, call) => {
    const page = pageFrom<PlanChangeCursor>(req, { changeId: 'number' })
    const filter = {
      ...page,
      subjectId: given(req.subjectId),
      tripId: given(req.tripId),
      userId: given(req.userId),
      from: req.startTime && timestampDate(req.startTime),
      to: req.endTime && timestampDate(req.endTime),
    }
    const rows = await ctx.db.transaction((tx) => listChanges(tx, tenantOf(call), filter))
    return {
      changes: rows.map(planChangeToProto),
      nextPageToken: nextPageToken(rows, page.limit, ({ changeId }) => ({ changeId: changeId.toString() })),
    }
  }
