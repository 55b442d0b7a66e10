import { expect } from 'vitest'
import { SeatClass } from '#gen/tms/company/v1/layout_pb.ts'
import { FleetService } from '#gen/tms/company/v1/fleet_service_pb.ts'
import { TimetableService } from '#gen/tms/company/v1/timetable_service_pb.ts'
import { reasonOf } from '#kit'
import { placements } from '#kit/testing'
import company from './service.ts'
import { aBus, aCompany, aLine, aTrip, id, setLineFares } from './testing.ts'

const refusal = async (call: Promise<unknown>) =>
  call.then(
    () => 'none',
    (err: unknown) => reasonOf(err),
  )

placements(
  "a company never sees another's rows: every list is empty, every get finds nothing [S1-21]",
  [company],
  async (suite) => {
    const ikivu = await aCompany(suite)
    const line = await aLine(ikivu)
    await setLineFares(ikivu, line)
    const { busId, layoutId } = await aBus(ikivu)
    const { tripId, scheduleId, calendarId } = await aTrip(ikivu, line, { busId })
    const assignmentId = id()
    await ikivu.timetable.assignDriver({ assignmentId, tripId, driverUserId: id() })
    const { fleet, network, timetable } = await aCompany(suite, { slug: 'umusambi' })

    expect((await fleet.listSeatLayouts({ showReplaced: true })).layouts).toEqual([])
    expect((await fleet.listBuses({})).buses).toEqual([])
    expect((await network.listStops({})).stops).toEqual([])
    expect((await network.listRoutes({})).routes).toEqual([])
    expect((await network.listFares({})).fares).toEqual([])
    expect((await timetable.listCalendars({})).calendars).toEqual([])
    expect((await timetable.listSchedules({})).schedules).toEqual([])
    expect((await timetable.listTrips({})).trips).toEqual([])
    expect((await timetable.listDriverAssignments({ showReleased: true })).assignments).toEqual([])

    const [stopId] = line.stopIds
    const gets: [() => Promise<unknown>, string][] = [
      [() => fleet.getSeatLayout({ layoutId }), 'LAYOUT_UNKNOWN'],
      [() => fleet.getBus({ busId }), 'BUS_UNKNOWN'],
      [() => network.getStop({ stopId }), 'STOP_UNKNOWN'],
      [() => network.getRoute({ routeId: line.routeId }), 'ROUTE_UNKNOWN'],
      [() => network.getFareTable({ patternId: line.patternId, serviceDate: '2026-11-21' }), 'PATTERN_UNKNOWN'],
      [() => timetable.getCalendar({ calendarId }), 'CALENDAR_UNKNOWN'],
      [() => timetable.getSchedule({ scheduleId }), 'SCHEDULE_UNKNOWN'],
      [() => timetable.getTrip({ tripId }), 'TRIP_UNKNOWN'],
      [() => timetable.changeTripState({ tripId, state: 2 }), 'TRIP_UNKNOWN'],
      [() => timetable.cancelTrip({ tripId, reason: 'mine' }), 'TRIP_UNKNOWN'],
      [() => timetable.unassignDriver({ assignmentId }), 'ASSIGNMENT_UNKNOWN'],
      [() => fleet.createBus({ busId: id(), plate: 'RAB111B', layoutId }), 'LAYOUT_UNKNOWN'],
    ]
    for (const [call, reason] of gets) expect(await refusal(call())).toBe(reason)
  },
)

placements(
  "rows of one company cannot point at another's even past the code: the database refuses [S1-21]",
  [company],
  async (suite) => {
    const ikivu = await aCompany(suite)
    const { layoutId } = await aBus(ikivu)
    const other = await aCompany(suite, { slug: 'umusambi' })
    const insert = suite.sql('company')`
    insert into bus (tenant_id, bus_id, plate, name, layout_id, state, create_time, update_time)
    values (${other.tenantId}, ${id()}, 'RAB111B', '', ${layoutId}, 'ACTIVE', now(), now())`
    await expect(insert).rejects.toMatchObject({ code: '23503' })
  },
)

placements(
  'who may read may not write, and who is signed in for no company may do neither',
  [company],
  async (suite) => {
    const { tenantId } = await aCompany(suite)
    const driver = { userId: id(), tenantId, permissions: ['company.trips.operate'] }
    const seats = [{ label: '1A', seatClass: SeatClass.STANDARD }]
    const layout = { layoutId: id(), name: 'X', seats }
    expect(await refusal(suite.client(FleetService, driver).createSeatLayout(layout))).toBe('PERMISSION_MISSING')
    expect(await refusal(suite.client(TimetableService, driver).listTrips({}))).toBe('none')
    expect(await refusal(suite.client(TimetableService, driver).cancelTrip({ tripId: id(), reason: 'x' }))).toBe(
      'PERMISSION_MISSING',
    )
    expect(await refusal(suite.client(TimetableService).listTrips({}))).toBe('TOKEN_MISSING')
    const nobody = { userId: id(), permissions: ['company.*'] }
    expect(await refusal(suite.client(FleetService, nobody).listBuses({}))).toBe('TENANT_MISSING')
  },
)

placements('a page token that we did not hand out is refused, whatever it holds', [company], async (suite) => {
  const { fleet, network, timetable } = await aCompany(suite)
  const forged = [{}, 7, null, { plate: 7, name: 7 }, { departureTime: 'soon', tripId: "'; drop table trip" }]
  const tokens = ['!!!', ...forged.map((cursor) => Buffer.from(JSON.stringify(cursor)).toString('base64url'))]
  for (const pageToken of tokens) {
    const lists = [
      () => fleet.listBuses({ pageToken }),
      () => fleet.listSeatLayouts({ pageToken }),
      () => network.listStops({ pageToken }),
      () => network.listFares({ pageToken }),
      () => timetable.listTrips({ pageToken }),
      () => timetable.listSchedules({ pageToken }),
    ]
    for (const list of lists) expect([pageToken, await refusal(list())]).toEqual([pageToken, 'PAGE_TOKEN_INVALID'])
  }
})
