import type { CreateScheduleRequest, UpdateScheduleRequest } from '#gen/tms/company/v1/timetable_service_pb.ts'
import type { Queries } from '#kit'
import { type CallOffset, callsFault, callsFromDurations } from '../../domain/calls.ts'
import { type Departures, departuresFault } from '../../domain/departures.ts'
import { refuse } from '../../errors.ts'
import type { Pattern } from '../../store/routes.ts'
import { keepProfiles, profileOf } from '../../store/schedules.ts'
import { given, givenOrNull } from '../../wire/names.ts'
import { callsFromProto, departuresFromProto } from '../../wire/timetable.ts'
import { requireActiveBus, requireCalendar, requireCurrentLayout, requirePattern } from '../required.ts'

type ScheduleRequest = CreateScheduleRequest | UpdateScheduleRequest

/** What a request says about a schedule on a pattern, as the table keeps it; its profile is written. */
export async function scheduleFacts(tx: Queries, tenantId: string, patternId: string, req: ScheduleRequest) {
  const pattern = await requirePattern(tx, tenantId, patternId)
  await requireCalendar(tx, tenantId, req.calendarId)
  const departures = departuresFromProto(req.departures)
  const calls = requireFitting(pattern, callsFor(pattern, req), departures)
  const profile = profileOf(tenantId, patternId, calls)
  await keepProfiles(tx, [profile])
  return {
    tenantId,
    scheduleId: req.scheduleId,
    routeId: pattern.routeId,
    patternId,
    calendarId: req.calendarId,
    profileId: profile.profileId,
    headsign: req.headsign || pattern.headsign,
    startSeconds: departures.startSeconds ?? null,
    windows: departures.windows,
    busId: givenOrNull(req.busId),
    layoutId: await layoutFor(tx, tenantId, req),
    calls,
  }
}

function callsFor({ stops }: Pattern, { calls }: ScheduleRequest): CallOffset[] {
  return calls.length > 0 ? callsFromProto(calls) : callsFromDurations(stops)
}

function requireFitting({ stops }: Pattern, calls: CallOffset[], departures: Departures): CallOffset[] {
  const fault = callsFault(calls, stops.length) ?? departuresFault(departures)
  if (fault !== undefined) throw refuse('SCHEDULE_INVALID', fault, { detail: fault })
  return calls
}

/** The seats that are sold: those of the bus when there is one. */
async function layoutFor(tx: Queries, tenantId: string, req: ScheduleRequest): Promise<string | null> {
  const [busId, layoutId] = [given(req.busId), given(req.layoutId)]
  if (busId !== undefined) return (await requireActiveBus(tx, tenantId, busId)).layoutId
  if (layoutId === undefined) return null
  return (await requireCurrentLayout(tx, tenantId, layoutId)).layoutId
}
