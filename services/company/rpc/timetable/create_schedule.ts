import type { TimetableService } from '#gen/tms/company/v1/timetable_service_pb.ts'
import type { Handler } from '#kit'
import { companyOf } from '../../companies.ts'
import type { Ctx } from '../../context.ts'
import { insertSchedule, type Schedule } from '../../store/schedules.ts'
import { scheduleToProto } from '../../wire/timetable.ts'
import { insertAs, tenantOf } from '../common.ts'
import { scheduleFacts } from './schedule_draft.ts'

/** Enters a schedule. */
export const createSchedule =
  (ctx: Ctx): Handler<typeof TimetableService.method.createSchedule> =>
  async (req, call) => {
    const [tenantId, now] = [tenantOf(call), ctx.clock.now()]
    const { timeZone } = await companyOf(ctx, tenantId)
    return ctx.db.once(call, req, async (tx) => {
      const facts = await scheduleFacts(tx, tenantId, req.patternId, req)
      const schedule: Schedule = {
        ...facts,
        state: 'ACTIVE',
        timeZone,
        gtfsTripId: '',
        createTime: now,
        updateTime: now,
      }
      await insertAs(req.scheduleId, () => insertSchedule(tx, schedule))
      return { schedule: scheduleToProto(schedule) }
    })
  }
