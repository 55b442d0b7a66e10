import type { PlanningService } from '#gen/tms/company/v1/planning_service_pb.ts'
import type { Handler } from '#kit'
import type { Ctx } from '../../context.ts'
import { keepRules } from '../../store/planning.ts'
import { rulesFromProto, rulesToProto } from '../../wire/planning.ts'
import { tenantOf } from '../common.ts'

/** Sets what the trips of a company must keep to. */
export const setPlanningRules =
  (ctx: Ctx): Handler<typeof PlanningService.method.setPlanningRules> =>
  async ({ rules: wireRules }, call) => {
    const [tenantId, now] = [tenantOf(call), ctx.clock.now()]
    const rules = rulesFromProto(wireRules!) // required by the contract
    await ctx.db.transaction((tx) => keepRules(tx, tenantId, rules, now))
    return { rules: rulesToProto(rules, now) }
  }
