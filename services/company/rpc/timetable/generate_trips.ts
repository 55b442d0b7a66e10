import type { TimetableService } from '#gen/tms/company/v1/timetable_service_pb.ts'
import type { Handler } from '#kit'
import { companyOf } from '../../companies.ts'
import type { Ctx } from '../../context.ts'
import { generateTrips as makeTrips } from '../../generate.ts'
import { given } from '../../wire/names.ts'
import { requireDate, tenantOf } from '../common.ts'
import { requireSchedule } from '../required.ts'

/** Makes the trips of some days that are not there yet. */
export const generateTrips =
  (ctx: Ctx): Handler<typeof TimetableService.method.generateTrips> =>
  async ({ fromDate, dayCount, scheduleId }, call) => {
    requireDate(fromDate)
    const company = await companyOf(ctx, tenantOf(call))
    if (scheduleId !== '') await ctx.db.transaction((tx) => requireSchedule(tx, company.tenantId, scheduleId))
    return makeTrips(ctx, company, {
      fromDate: given(fromDate),
      dayCount: dayCount === 0 ? ctx.settings.generateDays : dayCount,
      scheduleId: given(scheduleId),
    })
  }
