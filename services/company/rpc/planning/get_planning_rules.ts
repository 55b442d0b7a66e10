import type { PlanningService } from '#gen/tms/company/v1/planning_service_pb.ts'
import type { Handler } from '#kit'
import type { Ctx } from '../../context.ts'
import { noRules } from '../../planning/rules.ts'
import { findRules } from '../../store/planning.ts'
import { rulesToProto } from '../../wire/planning.ts'
import { tenantOf } from '../common.ts'

/** Reads what the trips of a company must keep to. */
export const getPlanningRules =
  (ctx: Ctx): Handler<typeof PlanningService.method.getPlanningRules> =>
  async (_, call) => {
    const found = await ctx.db.transaction((tx) => findRules(tx, tenantOf(call)))
    return { rules: rulesToProto(found ?? noRules, found?.updateTime) }
  }
