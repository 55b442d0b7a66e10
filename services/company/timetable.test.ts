import { expect } from 'vitest'
import {
  DriverAssignedSchema,
  DriverUnassignedSchema,
  TripCancelledSchema,
  TripScheduledSchema,
  TripStatusChangedSchema,
} from '#gen/tms/company/v1/events_pb.ts'
import { CalendarExceptionType, ScheduleState } from '#gen/tms/company/v1/schedule_pb.ts'
import { TimetableService } from '#gen/tms/company/v1/timetable_service_pb.ts'
import { TenantUpdatedSchema } from '#gen/tms/tenant/v1/events_pb.ts'
import { TripState } from '#gen/tms/company/v1/trip_pb.ts'
import { metadataOf, reasonOf } from '#kit'
import { placements } from '#kit/testing'
import company from './service.ts'
import { aBus, aCalendar, aCompany, aLine, aTrip, id, setLineFares } from './testing.ts'

const refusal = async (call: Promise<unknown>) =>
  call.then(
    () => 'none',
    (err: unknown) => reasonOf(err),
  )
const once = { sendTwice: false }
const everyDay = { weekdays: [1, 2, 3, 4, 5, 6, 7], startDate: '2026-01-01', endDate: '2027-12-31' }

placements(
  'a schedule makes its trips on the dates asked, exceptions included, and none twice [S1-19] [S2-28] [S2-85] [S2-04]',
  [company],
  async (suite) => {
    const ikivu = await aCompany(suite)
    const line = await aLine(ikivu)
    const calendarId = id()
    const exceptions = [
      { date: '2026-11-22', type: CalendarExceptionType.ADDED }, // a Sunday
      { date: '2026-11-25', type: CalendarExceptionType.REMOVED },
    ]
    const days = { weekdays: [1, 2, 3, 4, 5], startDate: '2026-11-01', endDate: '2026-11-26', exceptions }
    await ikivu.timetable.createCalendar({ calendarId, name: 'Working days', days })
    const scheduleId = id()
    const departures = { startSeconds: 8 * 3600 }
    await ikivu.timetable.createSchedule({ scheduleId, patternId: line.patternId, calendarId, departures })
    const made = await ikivu.timetable.generateTrips({ fromDate: '2026-11-20', dayCount: 14 })
    expect(made).toMatchObject({ createdCount: 5, existingCount: 0 })
    expect(await ikivu.timetable.generateTrips({ dayCount: 14 })).toMatchObject({ createdCount: 0, existingCount: 5 })
    const { trips } = await ikivu.timetable.listTrips({ scheduleId })
    const dates = ['2026-11-20', '2026-11-22', '2026-11-23', '2026-11-24', '2026-11-26']
    expect(trips.map(({ serviceDate }) => serviceDate)).toEqual(dates)
    const between = await ikivu.timetable.listTrips({ fromDate: '2026-11-23', toDate: '2026-11-24', pageSize: 1 })
    expect(between.trips).toHaveLength(1)
    expect(between.nextPageToken).not.toBe('')
  },
  once,
)

placements(
  "what sellers are told of a trip is complete: calls, seats, fares, times in the company's zone",
  [company],
  async (suite) => {
    const ikivu = await aCompany(suite)
    const line = await aLine(ikivu)
    await setLineFares(ikivu, line)
    const { busId, layoutId } = await aBus(ikivu)
    const { tripId } = await aTrip(ikivu, line, { busId, hour: 8 })
    const told = await suite.published(TripScheduledSchema)
    expect(told).toHaveLength(1)
    expect(told[0]?.tenantId).toBe(ikivu.tenantId)
    expect(told[0]?.trip).toMatchObject({
      tripId,
      companyName: 'Ikivu Coaches',
      companySlug: 'ikivu',
      routeName: 'Kigali - Huye',
      headsign: 'Huye',
      serviceDate: '2026-11-21',
      timeZone: 'Africa/Kigali',
      currency: 'RWF',
      state: TripState.SCHEDULED,
      busPlate: 'RAC123A',
      revision: 1n,
      departureTime: { seconds: BigInt(Date.parse('2026-11-21T06:00:00Z') / 1000) },
      arrivalTime: { seconds: BigInt(Date.parse('2026-11-21T09:00:00Z') / 1000) },
    })
    expect(told[0]?.trip?.calls[3]).toMatchObject({
      sequence: 3,
      stopName: 'Huye',
      otherNames: ['Butare'],
      arrivalSeconds: 11 * 3600,
      distanceMeters: 135_000,
      pickupAllowed: true,
      dropOffAllowed: true,
    })
    expect(told[0]?.layout).toMatchObject({ layoutId, name: 'Small four' })
    expect(told[0]?.layout?.seats).toHaveLength(4)
    expect(told[0]?.fares.map((fare) => [fare.fromSequence, fare.toSequence, fare.price?.units])).toContainEqual([
      0,
      3,
      1002n,
    ])
    const read = await ikivu.timetable.getTrip({ tripId })
    expect(read.trip).toEqual(told[0]?.trip)
    expect(read.fares).toEqual(told[0]?.fares)
    expect(read.layout).toEqual(told[0]?.layout)
  },
)

placements(
  'a trip that leaves after midnight keeps the service date of the evening before',
  [company],
  async (suite) => {
    const ikivu = await aCompany(suite)
    const { trips } = await (async () => {
      await aTrip(ikivu, await aLine(ikivu), { hour: 25 })
      return ikivu.timetable.listTrips({ fromDate: '2026-11-21', toDate: '2026-11-21' })
    })()
    expect(trips[0]).toMatchObject({
      serviceDate: '2026-11-21',
      departureTime: { seconds: BigInt(Date.parse('2026-11-21T23:00:00Z') / 1000) },
    })
    expect(trips[0]?.calls[0]?.departureSeconds).toBe(25 * 3600)
  },
)

placements(
  'a window makes departures at its headway, none at its end; without times no trips are made',
  [company],
  async (suite) => {
    const ikivu = await aCompany(suite)
    const line = await aLine(ikivu)
    const calendarId = await aCalendar(ikivu)
    const windows = [
      { startSeconds: 6 * 3600, endSeconds: 7 * 3600, headwaySeconds: 1200 },
      { startSeconds: 7 * 3600, endSeconds: 8 * 3600, headwaySeconds: 1800 },
    ]
    const base = { patternId: line.patternId, calendarId }
    const scheduleId = id()
    await ikivu.timetable.createSchedule({ ...base, scheduleId, departures: { windows } })
    await ikivu.timetable.createSchedule({ ...base, scheduleId: id(), departures: {} })
    const made = await ikivu.timetable.generateTrips({ fromDate: '2026-11-21', dayCount: 1 })
    expect(made).toMatchObject({ createdCount: 5, withoutDeparturesCount: 1 })
    const { trips } = await ikivu.timetable.listTrips({ scheduleId })
    expect(trips.map(({ calls }) => calls[0]!.departureSeconds / 60)).toEqual([360, 380, 400, 420, 450])
    const overlap = [windows[0]!, { ...windows[1]!, startSeconds: 6.5 * 3600 }]
    const broken = { ...base, scheduleId: id(), departures: { windows: overlap } }
    expect(await refusal(ikivu.timetable.createSchedule(broken))).toBe('SCHEDULE_INVALID')
  },
  once,
)

placements(
  'calendars and schedules are read back, listed and changed; what cannot be is refused',
  [company],
  async (suite) => {
    const ikivu = await aCompany(suite)
    const { timetable } = ikivu
    const { scheduleId, calendarId } = await aTrip(ikivu, await aLine(ikivu))
    const { schedule } = await timetable.getSchedule({ scheduleId })
    expect(schedule).toMatchObject({ headsign: 'Huye', timeZone: 'Africa/Kigali', state: ScheduleState.ACTIVE })
    expect(schedule?.calls.map(({ arrivalSeconds }) => arrivalSeconds / 60)).toEqual([0, 70, 120, 180])
    const paused = { scheduleId, calendarId, departures: { startSeconds: 9 * 3600 }, state: ScheduleState.PAUSED }
    await timetable.updateSchedule(paused)
    expect(await timetable.generateTrips({ fromDate: '2026-11-22', dayCount: 7 })).toMatchObject({ createdCount: 0 })
    expect((await timetable.listSchedules({ state: ScheduleState.PAUSED })).schedules).toHaveLength(1)
    expect((await timetable.listSchedules({ state: ScheduleState.ACTIVE })).schedules).toHaveLength(0)
    await timetable.updateCalendar({ calendarId, name: 'Daily', days: everyDay })
    expect((await timetable.getCalendar({ calendarId })).calendar?.name).toBe('Daily')
    expect((await timetable.listCalendars({})).calendars).toHaveLength(1)
    const backwards = { ...everyDay, endDate: '2025-01-01' }
    const calendar = { calendarId: id(), name: 'X' }
    expect(await refusal(timetable.createCalendar({ ...calendar, days: backwards }))).toBe('CALENDAR_INVALID')
    expect(await refusal(timetable.getCalendar({ calendarId: id() }))).toBe('CALENDAR_UNKNOWN')
    expect(await refusal(timetable.getSchedule({ scheduleId: id() }))).toBe('SCHEDULE_UNKNOWN')
    expect(await refusal(timetable.listTrips({ fromDate: '2026-13-01' }))).toBe('DATE_INVALID')
    expect(await refusal(timetable.generateTrips({ fromDate: '2026-02-30' }))).toBe('DATE_INVALID')
    expect(await refusal(timetable.generateTrips({ scheduleId: id() }))).toBe('SCHEDULE_UNKNOWN')
  },
)

placements(
  'a trip boards, departs and arrives; every other way is refused, and so is editing it once it left [S2-31] [S2-86]',
  [company],
  async (suite) => {
    const ikivu = await aCompany(suite)
    const { timetable } = ikivu
    const { tripId } = await aTrip(ikivu, await aLine(ikivu))
    const go = (state: 2 | 3 | 4) => timetable.changeTripState({ tripId, state })
    const leap = await go(TripState.ARRIVED).catch((err: unknown) => err)
    expect(reasonOf(leap)).toBe('TRIP_TRANSITION_ILLEGAL')
    expect(metadataOf(leap)).toEqual({ old_state: 'SCHEDULED', new_state: 'ARRIVED' })
    await go(TripState.BOARDING)
    const { trip } = await go(TripState.DEPARTED)
    expect(trip).toMatchObject({ state: TripState.DEPARTED, revision: 3n })
    expect(await refusal(timetable.cancelTrip({ tripId, reason: 'late' }))).toBe('TRIP_TRANSITION_ILLEGAL')
    expect(await refusal(timetable.assignBus({ tripId, busId: '' }))).toBe('TRIP_NOT_EDITABLE')
    const driver = { assignmentId: id(), tripId, driverUserId: id() }
    expect(await refusal(timetable.assignDriver(driver))).toBe('TRIP_NOT_EDITABLE')
    await go(TripState.ARRIVED)
    expect(await refusal(go(TripState.BOARDING))).toBe('TRIP_TRANSITION_ILLEGAL')
    const changes = await suite.published(TripStatusChangedSchema)
    expect(changes.map(({ oldState, newState, revision }) => [oldState, newState, revision])).toEqual([
      [TripState.SCHEDULED, TripState.BOARDING, 2n],
      [TripState.BOARDING, TripState.DEPARTED, 3n],
      [TripState.DEPARTED, TripState.ARRIVED, 4n],
    ])
  },
)

placements(
  'a cancelled trip says why, tells its passengers once and frees its driver and its bus',
  [company],
  async (suite) => {
    const ikivu = await aCompany(suite)
    const { timetable } = ikivu
    const line = await aLine(ikivu)
    const { busId } = await aBus(ikivu)
    const [first, second] = [await aTrip(ikivu, line, { busId }), await aTrip(ikivu, line, { hour: 9 })]
    const driverUserId = id()
    await timetable.assignDriver({ assignmentId: id(), tripId: first.tripId, driverUserId })
    const { trip } = await timetable.cancelTrip({ tripId: first.tripId, reason: 'The road is closed' })
    expect(trip).toMatchObject({ state: TripState.CANCELLED, cancelReason: 'The road is closed' })
    expect(await suite.published(TripCancelledSchema)).toMatchObject([
      { tripId: first.tripId, reason: 'The road is closed' },
    ])
    expect(await suite.published(DriverUnassignedSchema)).toMatchObject([{ driverUserId }])
    await timetable.assignDriver({ assignmentId: id(), tripId: second.tripId, driverUserId })
    await timetable.assignBus({ tripId: second.tripId, busId })
    expect((await timetable.listTrips({ state: TripState.CANCELLED })).trips).toHaveLength(1)
    expect((await timetable.listTrips({ driverUserId })).trips.map(({ tripId }) => tripId)).toEqual([second.tripId])
  },
)

placements(
  'a driver is on one trip at a time: overlapping ones are refused, also when asked for at once [S1-20] [S2-29]',
  [company],
  async (suite) => {
    const ikivu = await aCompany(suite)
    const { timetable } = ikivu
    const line = await aLine(ikivu) // three hours
    const [eight, ten, eleven] = [
      await aTrip(ikivu, line, { hour: 8 }),
      await aTrip(ikivu, line, { hour: 10 }),
      await aTrip(ikivu, line, { hour: 11 }),
    ]
    const driverUserId = id()
    const assign = ({ tripId }: { tripId: string }) =>
      timetable.assignDriver({ assignmentId: id(), tripId, driverUserId })
    const outcomes = await Promise.all([refusal(assign(eight)), refusal(assign(ten))])
    expect(outcomes.sort()).toEqual(['DRIVER_BUSY', 'none'])
    const { assignments } = await timetable.listDriverAssignments({ driverUserId })
    const [held] = assignments
    await timetable.unassignDriver({ assignmentId: held!.assignmentId })
    await assign(eight)
    await assign(eleven) // begins when the first one ends
    expect(
      await refusal(timetable.assignDriver({ assignmentId: id(), tripId: eight.tripId, driverUserId: id() })),
    ).toBe('TRIP_HAS_DRIVER')
    expect((await timetable.getTrip({ tripId: eight.tripId })).driver?.driverUserId).toBe(driverUserId)
    expect((await timetable.listDriverAssignments({ driverUserId })).assignments).toHaveLength(2)
    expect((await timetable.listDriverAssignments({ driverUserId, showReleased: true })).assignments).toHaveLength(3)
    expect(await suite.published(DriverAssignedSchema)).toHaveLength(3)
    expect(await refusal(timetable.unassignDriver({ assignmentId: id() }))).toBe('ASSIGNMENT_UNKNOWN')
  },
)

placements(
  'another bus of the same seats is told with a higher revision; a busy one is refused, and one with other seats needs a swap',
  [company],
  async (suite) => {
    const ikivu = await aCompany(suite)
    const { timetable, fleet } = ikivu
    const line = await aLine(ikivu)
    const one = await aBus(ikivu)
    const likeOne = async (plate: string) => {
      const busId = id()
      await fleet.createBus({ busId, plate, name: plate, layoutId: one.layoutId })
      return { busId }
    }
    const [two, three, other] = [await likeOne('RAD777Z'), await likeOne('RAE888X'), await aBus(ikivu, 'RAF999Y')]
    const eight = await aTrip(ikivu, line, { hour: 8, busId: one.busId })
    await aTrip(ikivu, line, { hour: 9, busId: two.busId })
    expect(await refusal(timetable.assignBus({ tripId: eight.tripId, busId: two.busId }))).toBe('BUS_BUSY')
    expect(await refusal(timetable.assignBus({ tripId: eight.tripId, busId: other.busId }))).toBe('SWAP_NEEDED')
    await timetable.assignBus({ tripId: eight.tripId, busId: three.busId })
    const told = (await suite.published(TripScheduledSchema)).filter(({ trip }) => trip?.tripId === eight.tripId)
    expect(told.map(({ trip, layout }) => [trip?.revision, trip?.busPlate, layout?.layoutId])).toEqual([
      [1n, 'RAC123A', one.layoutId],
      [2n, 'RAE888X', one.layoutId],
    ])
    expect((await timetable.listTrips({ busId: three.busId })).trips).toHaveLength(1)
    expect(await refusal(timetable.assignBus({ tripId: eight.tripId, busId: id() }))).toBe('BUS_UNKNOWN')
    expect(await refusal(timetable.getTrip({ tripId: id() }))).toBe('TRIP_UNKNOWN')
  },
)

placements(
  'a bus is swapped for a person by a service, never by either alone; a trip without swaps has an empty list',
  [company],
  async (suite) => {
    const ikivu = await aCompany(suite)
    const [one, two] = [await aBus(ikivu), await aBus(ikivu, 'RAD777Z')]
    const { tripId } = await aTrip(ikivu, await aLine(ikivu), { hour: 8, busId: one.busId })
    const swap = { swapId: id(), tripId, busId: two.busId, reason: 'engine failure' }
    expect(await refusal(ikivu.timetable.swapBus(swap))).toBe('AUDIENCE_MISMATCH')
    expect(await refusal(suite.peer(TimetableService, 'ticketing').swapBus(swap))).toBe('TENANT_MISSING')
    expect((await ikivu.timetable.listBusSwaps({ tripId })).swaps).toEqual([])
    expect(await refusal(ikivu.timetable.listBusSwaps({ tripId: id() }))).toBe('TRIP_UNKNOWN')
  },
)

placements(
  'two schedules that want one bus at one time both make their trip; the second waits for a bus',
  [company],
  async (suite) => {
    const ikivu = await aCompany(suite)
    const line = await aLine(ikivu)
    const { busId, layoutId } = await aBus(ikivu)
    const calendarId = await aCalendar(ikivu)
    for (const hour of [8, 9]) {
      const departures = { startSeconds: hour * 3600 }
      await ikivu.timetable.createSchedule({
        scheduleId: id(),
        patternId: line.patternId,
        calendarId,
        departures,
        busId,
      })
    }
    const made = await ikivu.timetable.generateTrips({ fromDate: '2026-11-21', dayCount: 2 })
    expect(made).toMatchObject({ createdCount: 4, withoutBusCount: 2 })
    const told = await suite.published(TripScheduledSchema)
    expect(told.map(({ trip, layout }) => [trip?.busPlate, layout?.layoutId])).toContainEqual(['', layoutId])
  },
  once,
)

placements(
  'trips are made two weeks ahead day by day, and a company that renames itself is sold under its new name',
  [company],
  async (suite) => {
    const ikivu = await aCompany(suite)
    const line = await aLine(ikivu)
    const calendarId = await aCalendar(ikivu)
    const departures = { startSeconds: 8 * 3600 }
    await ikivu.timetable.createSchedule({ scheduleId: id(), patternId: line.patternId, calendarId, departures })
    await suite.runJob('company', 'generate-trips')
    expect((await ikivu.timetable.listTrips({})).trips).toHaveLength(14)
    await suite.advance({ days: 1 })
    const { trips } = await ikivu.timetable.listTrips({})
    expect(trips.at(-1)?.serviceDate).toBe('2026-12-04')
    const facts = { tenantId: ikivu.tenantId, slug: 'ikivu', currency: 'RWF', timeZone: 'Africa/Kigali', country: 'RW' }
    await suite.publish(TenantUpdatedSchema, ikivu.tenantId, { ...facts, name: 'Ikivu Lines', revision: 2n })
    await suite.settle()
    const told = await suite.published(TripScheduledSchema)
    expect(told.at(-1)?.trip).toMatchObject({ companyName: 'Ikivu Lines', revision: 2n })
    expect((await ikivu.timetable.getTrip({ tripId: trips[0]!.tripId })).trip?.companyName).toBe('Ikivu Lines')
  },
)
