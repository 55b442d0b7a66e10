import { BusState } from '#gen/tms/company/v1/bus_pb.ts'
import type { FleetService } from '#gen/tms/company/v1/fleet_service_pb.ts'
import { SeatClass } from '#gen/tms/company/v1/layout_pb.ts'
import type { NetworkService } from '#gen/tms/company/v1/network_service_pb.ts'
import { ScheduleState } from '#gen/tms/company/v1/schedule_pb.ts'
import type { PlanningService } from '#gen/tms/company/v1/planning_service_pb.ts'
import type { PricingService } from '#gen/tms/company/v1/pricing_service_pb.ts'
import { PriceRule_Kind } from '#gen/tms/company/v1/sales_terms_pb.ts'
import type { TimetableService } from '#gen/tms/company/v1/timetable_service_pb.ts'
import { TripState } from '#gen/tms/company/v1/trip_pb.ts'
import { id } from '../world/companies.ts'
import { type AttemptsAt, beside, hidden, listed, own, refused, service, unknown } from './attempts.ts'

const seats = [{ label: '1A', seatClass: SeatClass.STANDARD, deck: 0, row: 0, column: 0 }]
const location = { latitudeDegrees: -2, longitudeDegrees: 30 }

export const atFleet: AttemptsAt<typeof FleetService> = (theirs, ours) => {
  const { layoutId, busId } = theirs
  return {
    createSeatLayout: beside({ layoutId, name: 'Taken over', seats }),
    reviseSeatLayout: refused({ layoutId, newLayoutId: id(), name: 'Taken over', seats }),
    getSeatLayout: unknown({ layoutId }),
    listSeatLayouts: listed({ showReplaced: true }),
    createBus: refused({ busId: id(), plate: 'RAX002X', layoutId }),
    updateBus: refused(
      { busId, plate: 'RAX003X', name: 'Stolen', layoutId: ours.layoutId, state: BusState.RETIRED },
      { busId: ours.busId, plate: ours.facts.plate, name: '', layoutId, state: BusState.ACTIVE },
    ),
    getBus: unknown({ busId }),
    listBuses: listed({}),
  }
}

export const atNetwork: AttemptsAt<typeof NetworkService> = (theirs, ours) => {
  const { routeId, patternId, importId, fareIds, stopIds } = theirs
  const [stopId, otherStopId] = stopIds
  const stop = { name: 'Taken over', town: 'Nowhere', location }
  const patterns = [{ patternId: id(), headsign: 'Nowhere', direction: 0, stops: ours.calls }]
  const fare = {
    toStopId: ours.stopIds[1],
    seatClass: SeatClass.STANDARD,
    price: { currencyCode: 'RWF', units: 1n },
    validFromDate: '2026-01-01',
  }
  return {
    createStop: refused({ stopId: id(), ...stop, parentStopId: stopId }),
    updateStop: refused({ stopId, ...stop }),
    getStop: unknown({ stopId }),
    listStops: listed({}),
    createRoute: refused({
      routeId: id(),
      name: 'Through theirs',
      patterns: [{ ...patterns[0], stops: theirs.calls }],
    }),
    updateRoute: refused({ routeId, name: 'Taken over', patterns }),
    getRoute: unknown({ routeId }),
    listRoutes: listed({}),
    setFares: refused({
      idempotencyKey: id(),
      fares: [{ ...fare, fareId: id(), fromStopId: stopId, toStopId: otherStopId }],
    }),
    withdrawFares: refused({ fareIds: [...fareIds] }),
    listFares: listed({}),
    getFareTable: unknown({ patternId, serviceDate: theirs.serviceDate }),
    startImport: beside({ importId, source: 'ours.zip' }),
    uploadImportPart: refused({ importId, partNumber: 1, part: {} }),
    applyImport: refused({ importId, partCount: 1 }),
    dropImport: beside({ importId }),
    getPattern: service,
    provisionNetwork: service,
  }
}

export const atTimetable: AttemptsAt<typeof TimetableService> = (theirs, ours) => {
  const { calendarId, scheduleId, tripId, busId, assignmentId } = theirs
  const days = { weekdays: [1], startDate: '2026-01-01', endDate: '2026-12-31' }
  const departures = { startSeconds: 3_600 }
  const schedule = { departures, patternId: ours.patternId, calendarId: ours.calendarId, busId: ours.busId }
  return {
    createCalendar: beside({ calendarId, name: 'Taken over', days }),
    updateCalendar: refused({ calendarId, name: 'Taken over', days }),
    getCalendar: unknown({ calendarId }),
    listCalendars: listed({}),
    createSchedule: refused(
      { ...schedule, scheduleId: id(), patternId: theirs.patternId },
      { ...schedule, scheduleId: id(), calendarId },
      { ...schedule, scheduleId: id(), busId },
    ),
    updateSchedule: refused({ ...schedule, scheduleId, state: ScheduleState.ACTIVE }),
    getSchedule: unknown({ scheduleId }),
    listSchedules: listed({}),
    generateTrips: beside({ fromDate: theirs.serviceDate, dayCount: 1, scheduleId }),
    getTrip: unknown({ tripId }),
    listTrips: listed({}),
    changeTripState: refused({ tripId, state: TripState.BOARDING }),
    cancelTrip: refused({ tripId, reason: 'rivalry' }),
    assignBus: refused({ tripId, busId: ours.busId }, { tripId: ours.tripId, busId }),
    swapBus: service,
    listBusSwaps: unknown({ tripId }),
    assignDriver: refused({ assignmentId: id(), tripId, driverUserId: ours.driverId }),
    unassignDriver: refused({ assignmentId }),
    listDriverAssignments: listed({ showReleased: true }),
  }
}

export const atPricing: AttemptsAt<typeof PricingService> = ({ stopIds: [stopId] }) => ({
  getSalesTerms: own({}),
  setSalesTerms: refused({
    ...{ idempotencyKey: id(), expectedVersion: 0n },
    terms: {
      priceRules: [
        {
          ...{ ruleCode: 'rivalry', name: 'Rivalry', kind: PriceRule_Kind.FARE, fromStopId: stopId },
          effect: { case: 'percentBasisPoints' as const, value: 100 },
        },
      ],
    },
  }),
  listSalesTerms: own({}),
})

export const atPlanning: AttemptsAt<typeof PlanningService> = (theirs, ours) => {
  const { tripId, busId, licenceId, driverId, scheduleId } = theirs
  const late = { edit: { case: 'shift', value: { minutes: 60 } } } as const
  const otherBus = { edit: { case: 'changeBus', value: { busId } } } as const
  const licence = {
    licenceClass: 'D',
    number: '1199880012345678',
    validFromDate: '2026-01-01',
    validToDate: '2030-01-01',
  }
  const apply = { idempotencyKey: id(), digest: 'a guess' }
  return {
    setPlanningRules: own({ rules: { minTurnMinutes: 1 } }),
    getPlanningRules: own({}),
    setDriverLicence: beside({ licenceId, driverUserId: driverId, ...licence }),
    listDriverLicences: listed({}),
    checkPlan: own({ fromDate: theirs.serviceDate, dayCount: 1 }),
    previewTripChanges: refused({ tripIds: [tripId], edit: late }, { tripIds: [ours.tripId], edit: otherBus }),
    applyTripChanges: refused(
      { ...apply, tripIds: [tripId], edit: late },
      { ...apply, idempotencyKey: id(), tripIds: [ours.tripId], edit: otherBus },
    ),
    reportDelay: refused({ tripId, delayMinutes: 30, reason: 'rivalry' }),
    listPlanChanges: hidden({ tripId }, { subjectId: scheduleId }),
  }
}
