import type { PlanningService } from '#gen/tms/company/v1/planning_service_pb.ts'
import type { Handler } from '#kit'
import type { Ctx } from '../../context.ts'
import { applyEdit } from '../../planning/apply_edit.ts'
import { busBusy } from '../required.ts'
import { editPlanToProto } from '../../wire/planning.ts'
import { tenantOf } from '../common.ts'

/** Edits many trips, all or none, exactly as it was previewed. */
export const applyTripChanges =
  (ctx: Ctx): Handler<typeof PlanningService.method.applyTripChanges> =>
  async (req, call) => {
    const tenantId = tenantOf(call)
    const { tripIds, digest } = req
    const edit = req.edit! // required by the contract
    const busId = edit.edit.case === 'changeBus' ? edit.edit.value.busId : ''
    const work = ctx.db.once(call, req, async (tx) => {
      const plan = await applyEdit(ctx, tx, tenantId, { tripIds, edit, digest })
      tx.afterCommit(() => ctx.happened('trips_edited', { edit: edit.edit.case ?? '', trips: plan.changes.length }))
      return { plan: editPlanToProto(plan) }
    })
    // Trips that are being made take a bus without asking; the constraint decides.
    return work.catch((err: unknown) => {
      throw busBusy(err, busId)
    })
  }
