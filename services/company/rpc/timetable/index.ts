import type { ServiceImpl } from '@connectrpc/connect'
import type { TimetableService } from '#gen/tms/company/v1/timetable_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { assignBus } from './assign_bus.ts'
import { assignDriver } from './assign_driver.ts'
import { cancelTrip } from './cancel_trip.ts'
import { changeTripState } from './change_trip_state.ts'
import { createCalendar } from './create_calendar.ts'
import { createSchedule } from './create_schedule.ts'
import { generateTrips } from './generate_trips.ts'
import { getCalendar } from './get_calendar.ts'
import { getSchedule } from './get_schedule.ts'
import { getTrip } from './get_trip.ts'
import { listBusSwaps } from './list_bus_swaps.ts'
import { listCalendars } from './list_calendars.ts'
import { listDriverAssignments } from './list_driver_assignments.ts'
import { listSchedules } from './list_schedules.ts'
import { listTrips } from './list_trips.ts'
import { swapBus } from './swap_bus.ts'
import { unassignDriver } from './unassign_driver.ts'
import { updateCalendar } from './update_calendar.ts'
import { updateSchedule } from './update_schedule.ts'

/** Every method of TimetableService. */
export const timetableRpcs = (ctx: Ctx): ServiceImpl<typeof TimetableService> => ({
  createCalendar: createCalendar(ctx),
  updateCalendar: updateCalendar(ctx),
  getCalendar: getCalendar(ctx),
  listCalendars: listCalendars(ctx),
  createSchedule: createSchedule(ctx),
  updateSchedule: updateSchedule(ctx),
  getSchedule: getSchedule(ctx),
  listSchedules: listSchedules(ctx),
  generateTrips: generateTrips(ctx),
  getTrip: getTrip(ctx),
  listTrips: listTrips(ctx),
  changeTripState: changeTripState(ctx),
  cancelTrip: cancelTrip(ctx),
  assignBus: assignBus(ctx),
  swapBus: swapBus(ctx),
  listBusSwaps: listBusSwaps(ctx),
  assignDriver: assignDriver(ctx),
  unassignDriver: unassignDriver(ctx),
  listDriverAssignments: listDriverAssignments(ctx),
})
