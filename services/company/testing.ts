import { FleetService } from '#gen/tms/company/v1/fleet_service_pb.ts'
import { SeatClass } from '#gen/tms/company/v1/layout_pb.ts'
import { NetworkService } from '#gen/tms/company/v1/network_service_pb.ts'
import { PricingService } from '#gen/tms/company/v1/pricing_service_pb.ts'
import { TimetableService } from '#gen/tms/company/v1/timetable_service_pb.ts'
import { TenantCreatedSchema } from '#gen/tms/tenant/v1/events_pb.ts'
import { newUuidV7 } from '#kit'
import type { Suite } from '#kit/testing'

/** What the tests of this service begin with: a company, its clients, a bus, a line, trips. */

/** A new id. */
export const id = () => newUuidV7(Date.now())

/** How a company under test differs from the usual one. */
export type CompanyFacts = { readonly currency?: string; readonly timeZone?: string; readonly slug?: string }

/** A company that was just heard of, and its manager's clients. */
export async function aCompany(suite: Suite, facts: CompanyFacts = {}) {
  const tenantId = id()
  const { currency = 'RWF', timeZone = 'Africa/Kigali', slug = 'ikivu' } = facts
  await suite.publish(TenantCreatedSchema, tenantId, {
    tenantId,
    slug,
    name: 'Ikivu Coaches',
    currency,
    timeZone,
    languages: ['rw'],
    country: 'RW',
    revision: 1n,
  })
  await suite.settle()
  return { tenantId, ...clientsOf(suite, tenantId) }
}

/** The clients of a manager of a company. */
export function clientsOf(suite: Suite, tenantId: string) {
  const who = { userId: id(), tenantId, roles: ['manager'], permissions: ['company.*'] }
  return {
    fleet: suite.client(FleetService, who),
    network: suite.client(NetworkService, who),
    timetable: suite.client(TimetableService, who),
    pricing: suite.client(PricingService, who),
  }
}

/** A company under test. */
export type Company = Awaited<ReturnType<typeof aCompany>>

/** Four seats, the first row VIP. */
export const smallLayout = [
  { label: '1A', seatClass: SeatClass.VIP, deck: 0, row: 0, column: 0 },
  { label: '1B', seatClass: SeatClass.VIP, deck: 0, row: 0, column: 1 },
  { label: '2A', seatClass: SeatClass.STANDARD, deck: 0, row: 1, column: 0 },
  { label: '2B', seatClass: SeatClass.STANDARD, deck: 0, row: 1, column: 1 },
]

/** A bus of four seats. */
export async function aBus({ fleet }: Company, plate = 'RAC123A') {
  const layoutId = id()
  await fleet.createSeatLayout({ layoutId, name: 'Small four', seats: smallLayout })
  const busId = id()
  await fleet.createBus({ busId, plate, name: '', layoutId })
  return { busId, layoutId, plate }
}

const places = [
  { name: 'Nyabugogo', town: 'Kigali', otherNames: [], at: [-1.9406, 30.0445], km: 0, minutes: 0 },
  { name: 'Muhanga', town: 'Muhanga', otherNames: ['Gitarama'], at: [-2.0845, 29.7566], km: 48, minutes: 70 },
  { name: 'Nyanza', town: 'Nyanza', otherNames: [], at: [-2.3518, 29.7509], km: 88, minutes: 120 },
  { name: 'Huye', town: 'Huye', otherNames: ['Butare'], at: [-2.5967, 29.7394], km: 135, minutes: 180 },
] as const

/** Kigali - Muhanga - Nyanza - Huye, one way. */
export async function aLine({ network }: Company) {
  const stopIds = await Promise.all(
    places.map(async ({ name, town, otherNames, at }) => {
      const location = { latitudeDegrees: at[0], longitudeDegrees: at[1] }
      const { stop } = await network.createStop({ stopId: id(), name, town, otherNames: [...otherNames], location })
      return stop!.stopId
    }),
  )
  const [routeId, patternId] = [id(), id()]
  const stops = places.map(({ km, minutes }, i) => ({
    stopId: stopIds[i]!,
    distanceMeters: km * 1000,
    durationSeconds: minutes * 60,
  }))
  const patterns = [{ patternId, headsign: 'Huye', direction: 0, stops }]
  await network.createRoute({ routeId, name: 'Kigali - Huye', shortName: '', patterns })
  return { routeId, patternId, stopIds: stopIds as [string, string, string, string], stops }
}

/** A line. */
export type Line = Awaited<ReturnType<typeof aLine>>

/** Every day of the next two years. */
export async function aCalendar({ timetable }: Company) {
  const calendarId = id()
  const days = { weekdays: [1, 2, 3, 4, 5, 6, 7], startDate: '2026-01-01', endDate: '2027-12-31', exceptions: [] }
  await timetable.createCalendar({ calendarId, name: 'Every day', days })
  return calendarId
}

/** One trip of 2026-11-21 at an hour, on a line, perhaps with a bus. */
export async function aTrip(company: Company, line: Line, options: { hour?: number; busId?: string } = {}) {
  const { timetable } = company
  const { hour = 8, busId = '' } = options
  const scheduleId = id()
  const calendarId = await aCalendar(company)
  const departures = { startSeconds: hour * 3600 }
  await timetable.createSchedule({ scheduleId, patternId: line.patternId, calendarId, departures, busId })
  await timetable.generateTrips({ fromDate: '2026-11-21', dayCount: 1, scheduleId })
  const { trips } = await timetable.listTrips({ scheduleId })
  return { ...trips[0]!, calendarId }
}

/** Prices of all rides of a line in one class: one franc more for each part, so that no two are alike. */
export async function setLineFares(
  { network }: Company,
  { stopIds }: Line,
  validFromDate = '2024-03-16',
  base = 1000n,
) {
  const rides = stopIds.flatMap((from, i) => stopIds.slice(i + 1).map((to, j) => ({ from, to, step: i * 10 + j })))
  const fares = rides.map(({ from, to, step }) => ({
    fareId: id(),
    fromStopId: from,
    toStopId: to,
    seatClass: SeatClass.STANDARD,
    price: { currencyCode: 'RWF', units: base + BigInt(step), nanos: 0 },
    validFromDate,
  }))
  await network.setFares({ idempotencyKey: id(), fares })
  return fares
}
