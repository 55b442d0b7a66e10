import type { ServiceImpl } from '@connectrpc/connect'
import type { PlanningService } from '#gen/tms/company/v1/planning_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { applyTripChanges } from './apply_trip_changes.ts'
import { checkPlan } from './check_plan.ts'
import { getPlanningRules } from './get_planning_rules.ts'
import { listDriverLicences } from './list_driver_licences.ts'
import { listPlanChanges } from './list_plan_changes.ts'
import { previewTripChanges } from './preview_trip_changes.ts'
import { reportDelay } from './report_delay.ts'
import { setDriverLicence } from './set_driver_licence.ts'
import { setPlanningRules } from './set_planning_rules.ts'

/** Every method of PlanningService. */
export const planningRpcs = (ctx: Ctx): ServiceImpl<typeof PlanningService> => ({
  setPlanningRules: setPlanningRules(ctx),
  getPlanningRules: getPlanningRules(ctx),
  setDriverLicence: setDriverLicence(ctx),
  listDriverLicences: listDriverLicences(ctx),
  checkPlan: checkPlan(ctx),
  previewTripChanges: previewTripChanges(ctx),
  applyTripChanges: applyTripChanges(ctx),
  reportDelay: reportDelay(ctx),
  listPlanChanges: listPlanChanges(ctx),
})
