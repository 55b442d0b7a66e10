import type { PlanningService } from '#gen/tms/company/v1/planning_service_pb.ts'
import { type Handler, serviceDateOf } from '#kit'
import { companyOf } from '../../companies.ts'
import type { Ctx } from '../../context.ts'
import { checkedPlan } from '../../planning/check.ts'
import { datesFrom } from '../../domain/service_days.ts'
import { given } from '../../wire/names.ts'
import { collisionToProto } from '../../wire/planning.ts'
import { requireDate, tenantOf } from '../common.ts'

/** More collisions than anybody mends at once; a guard, not a page. */
const MOST_COLLISIONS = 500

const USUAL_DAYS = 7

/** Names everything in the plan of some days that collides or breaks a rule. */
export const checkPlan =
  (ctx: Ctx): Handler<typeof PlanningService.method.checkPlan> =>
  async ({ fromDate, dayCount }, call) => {
    requireDate(fromDate)
    const company = await companyOf(ctx, tenantOf(call))
    const first = given(fromDate) ?? serviceDateOf(ctx.clock.now(), company.timeZone)
    const dates = datesFrom(first, dayCount === 0 ? USUAL_DAYS : dayCount)
    const { collisions, ...counts } = await ctx.db.transaction((tx) => checkedPlan(tx, company, dates))
    return { ...counts, collisions: collisions.slice(0, MOST_COLLISIONS).map(collisionToProto) }
  }
