import type { TimetableService } from '#gen/tms/company/v1/timetable_service_pb.ts'
import type { Handler } from '#kit'
import type { Ctx } from '../../context.ts'
import { scheduleToProto } from '../../wire/timetable.ts'
import { tenantOf } from '../common.ts'
import { requireSchedule } from '../required.ts'

/** Reads one schedule. */
export const getSchedule =
  (ctx: Ctx): Handler<typeof TimetableService.method.getSchedule> =>
  async ({ scheduleId }, call) => {
    const schedule = await ctx.db.transaction((tx) => requireSchedule(tx, tenantOf(call), scheduleId))
    return { schedule: scheduleToProto(schedule) }
  }
