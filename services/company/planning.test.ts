import { timestampDate } from '@bufbuild/protobuf/wkt'
import { expect } from 'vitest'
import { BusState } from '#gen/tms/company/v1/bus_pb.ts'
import { TripCancelledSchema, TripDelayedSchema, TripScheduledSchema } from '#gen/tms/company/v1/events_pb.ts'
import {
  PlanChange_Subject as Subject,
  type PlanCollision,
  PlanCollision_Kind as Kind,
  type TripEditSchema,
} from '#gen/tms/company/v1/planning_pb.ts'
import { PlanningService } from '#gen/tms/company/v1/planning_service_pb.ts'
import { TripState } from '#gen/tms/company/v1/trip_pb.ts'
import type { MessageInitShape } from '@bufbuild/protobuf'
import { metadataOf, reasonOf } from '#kit'
import { placements, type Suite } from '#kit/testing'
import company from './service.ts'
import { nameOf } from './wire/names.ts'
import { aBus, aCalendar, aCompany, aLine, aTrip, type Company, id, type Line } from './testing.ts'

type Edit = MessageInitShape<typeof TripEditSchema>
const shift = (minutes: number): Edit => ({ edit: { case: 'shift', value: { minutes } } })
const changeBus = (busId: string): Edit => ({ edit: { case: 'changeBus', value: { busId } } })
const callOff: Edit = { edit: { case: 'cancel', value: { reason: 'flood' } } }

/** A company's planner, whose name stands in the history. */
async function aPlanner(suite: Suite) {
  const ikivu = await aCompany(suite)
  const planner = { userId: id(), tenantId: ikivu.tenantId, permissions: ['company.*'] }
  return { ...ikivu, planner, planning: suite.client(PlanningService, planner), line: await aLine(ikivu) }
}

const caughtFrom = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (err: unknown) => err,
  )
const reason = async (call: Promise<unknown>) => reasonOf(await caughtFrom(call))

/** Trips of one schedule each, three hours long, at these hours. */
async function tripsAt(ikivu: Company, line: Line, busId: string, ...hours: number[]): Promise<string[]> {
  const made: string[] = []
  for (const hour of hours) made.push((await aTrip(ikivu, line, { hour, busId })).tripId)
  return made
}

const kinds = (collisions: readonly PlanCollision[]) =>
  collisions.map(({ kind, trips }) => `${nameOf(Kind, kind)} ${trips.length}`)

placements(
  'a bus or a driver in two places, too short a turn or rest, or a licence that has ended is refused with what collides [S1-20] [S2-29]',
  [company],
  async (suite) => {
    const { timetable, planning, line, ...ikivu } = await aPlanner(suite)
    const there = { ...ikivu, timetable } as Company
    const { busId } = await aBus(there)
    expect((await planning.getPlanningRules({})).rules).toMatchObject({ minTurnMinutes: 0, licenceRequired: false })
    const rules = { minTurnMinutes: 30, minBreakMinutes: 20, minRestMinutes: 600, maxDutyMinutes: 840 }
    await planning.setPlanningRules({ rules: { ...rules, licenceRequired: true, licenceClasses: ['D'] } })
    const [morning, noon, evening, night] = await tripsAt(there, line, '', 6, 9.25, 13, 17)
    await timetable.assignBus({ tripId: morning!, busId })

    // Morning arrives at nine: a quarter of an hour is no turn.
    const tight = await caughtFrom(timetable.assignBus({ tripId: noon!, busId }))
    expect(reasonOf(tight)).toBe('BUS_BUSY')
    expect(metadataOf(tight)).toMatchObject({
      kind: 'BUS_TURN',
      trip_ids: morning,
      minutes: '15',
      required_minutes: '30',
      departure_time: '2026-11-21T04:00:00.000Z',
      arrival_time: '2026-11-21T07:00:00.000Z',
    })
    await timetable.assignBus({ tripId: evening!, busId })

    const driverUserId = id()
    const drive = (tripId: string, driver = driverUserId) =>
      timetable.assignDriver({ assignmentId: id(), tripId, driverUserId: driver })
    const unlicensed = await caughtFrom(drive(morning!))
    expect(reasonOf(unlicensed)).toBe('LICENCE_INVALID')
    expect(metadataOf(unlicensed)).toMatchObject({ driver_user_id: driverUserId, service_date: '2026-11-21' })
    const licence = { licenceId: id(), driverUserId, licenceClass: 'B', number: '1 1988-8001 2345/67' }
    const good = { validFromDate: '2020-01-01', validToDate: '2026-11-21' }
    await planning.setDriverLicence({ ...licence, ...good })
    expect(await reason(drive(morning!))).toBe('LICENCE_INVALID')
    await planning.setDriverLicence({ ...licence, licenceClass: 'D', ...good, validToDate: '2026-11-20' })
    expect(await reason(drive(morning!))).toBe('LICENCE_INVALID')
    await planning.setDriverLicence({ ...licence, licenceClass: 'D', ...good })
    await drive(morning!)

    const tired = await caughtFrom(drive(noon!))
    expect(reasonOf(tired)).toBe('DRIVER_NEEDS_REST')
    expect(metadataOf(tired)).toMatchObject({ kind: 'DRIVER_BREAK', trip_ids: morning, minutes: '15' })
    await drive(evening!)
    // Six in the morning to eight in the evening is fourteen hours; a quarter more would be too long.
    await drive(night!)
    const late = await caughtFrom(drive((await tripsAt(there, line, '', 20.5))[0]!))
    expect(reasonOf(late)).toBe('DRIVER_NEEDS_REST')
    expect(metadataOf(late)).toMatchObject({ kind: 'DRIVER_REST', required_minutes: '840' })
    expect(metadataOf(late)?.['trip_ids']?.split(',').sort()).toEqual([morning, evening, night].sort())
    const [twin] = await tripsAt(there, line, '', 6.5)
    const busy = await caughtFrom(drive(twin!))
    expect(reasonOf(busy)).toBe('DRIVER_BUSY')
    expect(metadataOf(busy)).toMatchObject({ trip_ids: morning })

    // Numbers are drivers': whoever enters another's is told, and nobody reads one.
    const { licences } = await planning.listDriverLicences({ endingBeforeDate: '2026-12-01' })
    expect(licences).toMatchObject([{ driverUserId, maskedNumber: '***********4567', licenceClass: 'D' }])
    const other = { licenceClass: 'D', ...good, number: licence.number.replaceAll(' ', '') }
    expect(await reason(planning.setDriverLicence({ licenceId: id(), driverUserId: id(), ...other }))).toBe(
      'LICENCE_TAKEN',
    )
    expect(await reason(planning.setDriverLicence({ ...licence, ...other, driverUserId: id() }))).toBe('ID_TAKEN')
    expect(await reason(planning.setDriverLicence({ ...licence, ...other, validToDate: '2026-02-30' }))).toBe(
      'DATE_INVALID',
    )
    expect(await reason(planning.setDriverLicence({ ...licence, ...other, validToDate: '2019-01-01' }))).toBe(
      'DATE_INVALID',
    )
    const kept = await suite.sql('company')`select * from driver_licence`
    expect(JSON.stringify(kept)).not.toContain('880012345')
    expect((await planning.listDriverLicences({ driverUserId: id() })).licences).toEqual([])
  },
)

placements(
  'of two dispatchers who plan one bus or one driver at the same moment, one is refused',
  [company],
  async (suite) => {
    const { timetable, planning, line, ...ikivu } = await aPlanner(suite)
    const there = { ...ikivu, timetable } as Company
    const { busId } = await aBus(there)
    await planning.setPlanningRules({ rules: { minTurnMinutes: 60, minBreakMinutes: 60 } })
    const [one, other] = await tripsAt(there, line, '', 6, 9.5)
    const driverUserId = id()
    const tries = [one!, other!].flatMap((tripId) => [
      reason(timetable.assignBus({ tripId, busId })),
      reason(timetable.assignDriver({ assignmentId: id(), tripId, driverUserId })),
    ])
    const ends = await Promise.all(tries)
    expect(ends.sort()).toEqual(['BUS_BUSY', 'DRIVER_NEEDS_REST', undefined, undefined])
  },
  { sendTwice: false },
)

placements(
  'a plan is checked before it is driven: what collides in it, and what would with the trips that are still to be made',
  [company],
  async (suite) => {
    const { timetable, planning, fleet, line, ...ikivu } = await aPlanner(suite)
    const there = { ...ikivu, timetable, fleet } as Company
    const { busId, layoutId } = await aBus(there)
    const calendarId = await aCalendar(there)
    const patternId = line.patternId
    await timetable.createSchedule({
      scheduleId: id(),
      patternId,
      calendarId,
      departures: { startSeconds: 8 * 3600 },
      busId,
    })
    await timetable.createSchedule({
      scheduleId: id(),
      patternId,
      calendarId,
      departures: { startSeconds: 10 * 3600 },
      busId,
    })
    const days = { fromDate: '2026-11-21', dayCount: 2 }
    const before = await planning.checkPlan(days)
    expect(before).toMatchObject({ tripCount: 0, dueCount: 4, withoutBusCount: 0 })
    expect(kinds(before.collisions)).toEqual(['BUS_OVERLAP 2', 'BUS_OVERLAP 2'])
    expect(before.collisions[0]).toMatchObject({ busId, minutes: -60, trips: [{ tripId: '' }, { tripId: '' }] })
    // What cannot have the bus is made without one.
    await timetable.generateTrips(days)
    expect(await planning.checkPlan(days)).toMatchObject({
      tripCount: 4,
      dueCount: 0,
      withoutBusCount: 2,
      collisions: [],
    })
    const { trips } = await timetable.listTrips({ busId })
    await timetable.assignDriver({ assignmentId: id(), tripId: trips[0]!.tripId, driverUserId: id() })
    await planning.setPlanningRules({ rules: { licenceRequired: true } })
    await fleet.updateBus({ busId, plate: 'RAC123A', name: '', layoutId, state: BusState.IN_WORKSHOP })
    const after = await planning.checkPlan(days)
    expect(kinds(after.collisions).sort()).toEqual(['BUS_NOT_ACTIVE 1', 'BUS_NOT_ACTIVE 1', 'LICENCE 1'])
    expect(after.withoutDriverCount).toBe(3)
  },
)

placements(
  'many trips are edited as one, exactly as the preview showed, or not at all [S2-31] [S2-86]',
  [company],
  async (suite) => {
    const { timetable, planning, planner, line, ...ikivu } = await aPlanner(suite)
    const there = { ...ikivu, timetable }
    const { busId } = await aBus(there)
    const tripIds = await tripsAt(there, line, busId, 6, 9, 12)
    const [first] = tripIds
    await timetable.assignDriver({ assignmentId: id(), tripId: first!, driverUserId: id() })
    const apply = (edit: Edit, digest: string, ids = tripIds) =>
      planning.applyTripChanges({ idempotencyKey: id(), tripIds: ids, edit, digest })
    const preview = async (edit: Edit, ids = tripIds) =>
      (await planning.previewTripChanges({ tripIds: ids, edit })).plan!

    // Each meets the place of the next on the way: together they do not collide.
    const later = await preview(shift(45))
    expect(later.collisions).toEqual([])
    expect(
      later.changes.map(({ before, after }) => [before?.tripId, timestampDate(after!.departureTime!).toISOString()]),
    ).toEqual([
      [tripIds[0], '2026-11-21T04:45:00.000Z'],
      [tripIds[1], '2026-11-21T07:45:00.000Z'],
      [tripIds[2], '2026-11-21T10:45:00.000Z'],
    ])
    expect(await reason(apply(shift(44), later.digest))).toBe('PLAN_CHANGED')
    expect((await apply(shift(45), later.digest)).plan).toEqual(later)
    expect(await reason(apply(shift(45), later.digest))).toBe('PLAN_CHANGED')
    const { trip } = await timetable.getTrip({ tripId: first! })
    expect(trip?.calls[0]?.departureSeconds).toBe(6.75 * 3600)
    expect((await suite.published(TripScheduledSchema)).filter((told) => told.trip?.revision === 2n)).toHaveLength(3)
    const [duty] = await suite.sql('company')`select departure_time from driver_assignment`
    expect(new Date(String(duty?.['departure_time'])).toISOString()).toBe('2026-11-21T04:45:00.000Z')
    // The schedule does not make the departure a second time.
    expect(await timetable.generateTrips({ fromDate: '2026-11-21', dayCount: 1 })).toMatchObject({ createdCount: 0 })

    const alone = await preview(shift(60), [first!])
    expect(kinds(alone.collisions)).toEqual(['BUS_OVERLAP 2'])
    expect(alone.collisions[0]?.trips.map(({ tripId }) => tripId)).toEqual([first, tripIds[1]])
    expect(await reason(apply(shift(60), alone.digest, [first!]))).toBe('PLAN_COLLIDES')
    const back = await preview(shift(-45))
    await apply(shift(-45), back.digest)
    expect(kinds((await preview(shift(-360), [first!])).collisions)).toEqual([])
    suite.clock.set('2026-11-21T03:50:00Z')
    expect(kinds((await preview(shift(-360), [first!])).collisions)).toEqual(['IN_THE_PAST 1'])

    const big = await aBus(there, 'RAD777Z')
    const unlike = await preview(changeBus(big.busId))
    expect(kinds(unlike.collisions)).toEqual(Array(3).fill('SEATS_DIFFER 1'))
    const off = await preview(changeBus(''))
    expect((await apply(changeBus(''), off.digest)).plan?.changes.map(({ after }) => after?.busId)).toEqual([
      '',
      '',
      '',
    ])

    await timetable.changeTripState({ tripId: first!, state: TripState.BOARDING })
    await timetable.changeTripState({ tripId: first!, state: TripState.DEPARTED })
    const all = await preview(callOff)
    expect(kinds(all.collisions)).toEqual(['NOT_EDITABLE 1'])
    expect(await reason(apply(callOff, all.digest))).toBe('PLAN_COLLIDES')
    expect(await suite.published(TripCancelledSchema)).toEqual([])
    const rest = tripIds.slice(1)
    await apply(callOff, (await preview(callOff, rest)).digest, rest)
    const cancelled = await suite.published(TripCancelledSchema)
    expect(cancelled).toMatchObject([
      { tripId: rest[0], togetherTripIds: [rest[1]], reason: 'flood' },
      { tripId: rest[1], togetherTripIds: [rest[0]] },
    ])
    expect((await preview(callOff, rest)).changes).toEqual([])
    expect(await reason(preview(shift(5), [...tripIds, id()]))).toBe('TRIP_UNKNOWN')
    expect(await reason(preview(changeBus(id())))).toBe('BUS_UNKNOWN')

    const history = await planning.listPlanChanges({ tripId: first! })
    const said = history.changes.map(({ subject, fields, created }) =>
      [
        nameOf(Subject, subject),
        created ? 'created' : '',
        ...fields.map(({ name, oldValue, newValue }) => `${name} ${oldValue}>${newValue}`),
      ].join(' '),
    )
    expect(said).toContain(`TRIP  bus_id ${busId}>`)
    expect(said).toContain('TRIP  state BOARDING>DEPARTED')
    expect(said.some((one) => one.startsWith('DRIVER_ASSIGNMENT created'))).toBe(true)
    expect(said.filter((one) => one.includes('shift_seconds'))).toEqual([
      expect.stringContaining('shift_seconds 2700>0'),
      expect.stringContaining('shift_seconds 0>2700'),
    ])
    expect(history.changes.find(({ fields }) => fields.some(({ name }) => name === 'shift_seconds'))?.userId).toBe(
      planner.userId,
    )
    const mine = await planning.listPlanChanges({ userId: planner.userId, pageSize: 2 })
    expect(mine.changes).toHaveLength(2)
    const more = await planning.listPlanChanges({
      userId: planner.userId,
      pageSize: 200,
      pageToken: mine.nextPageToken,
    })
    expect(more.changes.every(({ changeId }) => changeId < mine.changes[1]!.changeId)).toBe(true)
    expect((await planning.listPlanChanges({ endTime: { seconds: 0n } })).changes).toEqual([])
    const edit = suite.sql('company')`update plan_change set user_id = null`
    await expect(edit).rejects.toThrow(/permission denied|append-only/)
  },
)

placements(
  'a delay is told once, the timetable stays, and what it makes collide is named; a trip that is over has none',
  [company],
  async (suite) => {
    const { timetable, planning, line, ...ikivu } = await aPlanner(suite)
    const there = { ...ikivu, timetable } as Company
    const { busId } = await aBus(there)
    const [morning, noon] = await tripsAt(there, line, busId, 6, 9.5)
    const late = { tripId: morning!, delayMinutes: 40, reason: 'road works' }
    const answer = await planning.reportDelay(late)
    expect(answer.trip).toMatchObject({
      delayMinutes: 40,
      delayReason: 'road works',
      calls: [{ departureSeconds: 6 * 3600 }, {}, {}, {}],
    })
    expect(kinds(answer.collisions)).toEqual(['BUS_OVERLAP 2'])
    expect(answer.collisions[0]?.trips[1]?.tripId).toBe(noon)
    await planning.reportDelay(late)
    await planning.reportDelay({ tripId: morning!, delayMinutes: 0 })
    expect((await suite.published(TripDelayedSchema)).map(({ delayMinutes }) => delayMinutes)).toEqual([40, 0])
    await timetable.cancelTrip({ tripId: noon!, reason: 'flood' })
    expect(await reason(planning.reportDelay({ tripId: noon!, delayMinutes: 5 }))).toBe('TRIP_NOT_EDITABLE')
    expect(await reason(planning.reportDelay({ tripId: id(), delayMinutes: 5 }))).toBe('TRIP_UNKNOWN')
  },
)

placements(
  'a season has weekdays of its own, and the calendar reads back as it was entered [S2-28]',
  [company],
  async (suite) => {
    const { timetable, line } = await aPlanner(suite)
    const calendarId = id()
    const seasons = [{ name: 'Fair', startDate: '2026-11-21', endDate: '2026-11-24', weekdays: [6, 7] }]
    const days = { weekdays: [1, 2, 3, 4, 5], startDate: '2026-11-01', endDate: '2026-12-31', exceptions: [], seasons }
    const { calendar } = await timetable.createCalendar({ calendarId, name: 'With a fair', days })
    expect(calendar?.days).toMatchObject(days)
    const scheduleId = id()
    const departures = { startSeconds: 8 * 3600 }
    await timetable.createSchedule({ scheduleId, patternId: line.patternId, calendarId, departures })
    await timetable.generateTrips({ fromDate: '2026-11-20', dayCount: 7, scheduleId })
    const { trips } = await timetable.listTrips({ scheduleId })
    const dates = ['2026-11-20', '2026-11-21', '2026-11-22', '2026-11-25', '2026-11-26']
    expect(trips.map(({ serviceDate }) => serviceDate)).toEqual(dates)
    const outside = { ...days, seasons: [{ ...seasons[0]!, endDate: '2027-01-02' }] }
    expect(await reason(timetable.updateCalendar({ calendarId, name: 'X', days: outside }))).toBe('CALENDAR_INVALID')
  },
)
