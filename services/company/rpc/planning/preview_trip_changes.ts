import type { PlanningService } from '#gen/tms/company/v1/planning_service_pb.ts'
import type { Handler } from '#kit'
import type { Ctx } from '../../context.ts'
import { planEdit } from '../../planning/plan_edit.ts'
import { editPlanToProto } from '../../wire/planning.ts'
import { tenantOf } from '../common.ts'

/** Shows exactly what an edit of many trips would change, and what keeps it from being done. */
export const previewTripChanges =
  (ctx: Ctx): Handler<typeof PlanningService.method.previewTripChanges> =>
  async ({ tripIds, edit }, call) => {
    const tenantId = tenantOf(call)
    const plan = await ctx.db.transaction((tx) => planEdit(ctx, tx, tenantId, tripIds, edit!)) // required by the contract
    return { plan: editPlanToProto(plan) }
  }
