import { ScheduleState } from '#gen/tms/company/v1/schedule_pb.ts'
import type { TimetableService } from '#gen/tms/company/v1/timetable_service_pb.ts'
import type { Handler } from '#kit'
import type { Ctx } from '../../context.ts'
import { updateSchedule as writeSchedule } from '../../store/schedules.ts'
import { nameOf } from '../../wire/names.ts'
import { scheduleToProto } from '../../wire/timetable.ts'
import { tenantOf } from '../common.ts'
import { requireSchedule } from '../required.ts'
import { scheduleFacts } from './schedule_draft.ts'

/** Writes what is now true of a schedule; it decides about trips made from now on. */
export const updateSchedule =
  (ctx: Ctx): Handler<typeof TimetableService.method.updateSchedule> =>
  async (req, call) => {
    const tenantId = tenantOf(call)
    return ctx.db.transaction(async (tx) => {
      const old = await requireSchedule(tx, tenantId, req.scheduleId)
      const facts = await scheduleFacts(tx, tenantId, old.patternId, req)
      const state = nameOf(ScheduleState, req.state)
      const schedule = { ...old, ...facts, state, updateTime: ctx.clock.now() }
      await writeSchedule(tx, schedule)
      return { schedule: scheduleToProto(schedule) }
    })
  }
