import { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import { CodeRequestedSchema } from '#gen/tms/auth/v1/events_pb.ts'
import { FleetService } from '#gen/tms/company/v1/fleet_service_pb.ts'
import { SeatClass } from '#gen/tms/company/v1/layout_pb.ts'
import { NetworkService } from '#gen/tms/company/v1/network_service_pb.ts'
import { PlanningService } from '#gen/tms/company/v1/planning_service_pb.ts'
import { TimetableService } from '#gen/tms/company/v1/timetable_service_pb.ts'
import { MemberInvitedSchema } from '#gen/tms/tenant/v1/events_pb.ts'
import { Flag } from '#gen/tms/tenant/v1/feature_flag_pb.ts'
import { TenantService } from '#gen/tms/tenant/v1/tenant_service_pb.ts'
import { addDays, newUuidV7, serviceDateOf } from '#kit'
import type { Suite, Who } from '#kit/testing'

/** A new id, as clients make them. */
export const id = () => newUuidV7(Date.now())

/** What tells one company of a journey from another; no two have a letter of it in common but the country. */
export type CompanyFacts = {
  readonly name: string
  readonly slug: string
  readonly plate: string
  readonly towns: readonly [string, string, string]
  /** E.164, of the people of the company. */
  readonly phones: { readonly manager: string; readonly driver: string; readonly invited: string }
}

/** Permissions within a company that its people may come to have, by roles and by grants. */
const MANAGER = [
  'company.*',
  'tenant.members.read',
  'tenant.members.invite',
  'tenant.members.remove',
  'tenant.invitations.accept',
  'tenant.settings.read',
  'tenant.settings.update',
  'ticketing.*',
  'payment.cash.collect',
  'payment.intents.pay',
  'payment.reports.read',
  'payment.ledger.read',
  'payment.payees.update',
  'payment.payees.approve',
  'payment.payouts.create',
  'payment.payouts.approve',
  'payment.payouts.read',
  'payment.refunds.create',
  'payment.refunds.approve',
  'payment.refunds.read',
  'tracking.*',
  'notification.*',
  'qr.tickets.verify',
  'auth.profile.read',
  'auth.profile.update',
  'auth.api_keys.create',
  'auth.api_keys.read',
  'auth.api_keys.revoke',
]

/** Who runs the platform. */
export const admin: Who = { userId: id(), roles: ['admin'], permissions: ['*'] }

/** Opens a company as the platform does, and lets its manager plan buses, stops, fares and a trip. */
export async function openCompany(suite: Suite, facts: CompanyFacts) {
  const tenantId = id()
  const platform = suite.client(TenantService, admin)
  await platform.createTenant({
    tenantId,
    slug: facts.slug,
    name: facts.name,
    country: 'RW',
    settings: { currency: 'RWF', timeZone: 'Africa/Kigali', languages: ['rw', 'en'] },
    manager: phone(facts.phones.manager),
  })
  await platform.setFeatureFlag({ tenantId, flag: Flag.CASH_SALES, enabled: true })
  await suite.settle()
  const { userId: managerId, sessionId } = await join(suite, tenantId, facts.phones.manager)
  const manager: Who = { userId: managerId, tenantId, roles: ['manager'], permissions: MANAGER }
  const fleet = await buyBus(suite, manager, facts)
  const network = await drawLine(suite, manager, facts)
  const timetable = await planTrips(suite, manager, { ...fleet, ...network })
  const people = await hireDriver(suite, manager, { tripId: timetable.tripId, facts })
  await suite.settle()
  return { tenantId, facts, managerId, sessionId, manager, ...fleet, ...network, ...timetable, ...people }
}

/** A company with a bus, a line, a trip and people. */
export type Company = Awaited<ReturnType<typeof openCompany>>

/** One way of reaching somebody, as auth and tenant write it. */
export const phone = (value: string) => ({ value: { case: 'phone' as const, value } })

/** A password that nobody tries first. */
export const PASSWORD = 'Ubumwe-n-Amahoro-1962-Rwanda'

/** Signs somebody up by the code that is sent to their phone. */
async function signUp(suite: Suite, number: string) {
  const auth = suite.client(AuthService)
  const signUpId = id()
  await auth.signUp({ signUpId, contact: phone(number), password: PASSWORD, displayName: 'Staff', language: 'rw' })
  const sent = await suite.published(CodeRequestedSchema)
  const code = sent.findLast((event) => event.phone === number)?.code ?? ''
  const { tokens } = await auth.confirmSignUp({ signUpId, code })
  return { userId: tokens?.userId ?? '', sessionId: tokens?.sessionId ?? '' }
}

/** Lets somebody sign up and accept the invitation that was sent to their phone. */
async function join(suite: Suite, tenantId: string, number: string) {
  const { userId, sessionId } = await signUp(suite, number)
  const sent = await suite.published(MemberInvitedSchema)
  const invitation = sent.find((event) => event.tenantId === tenantId && event.phone === number)
  const invited = suite.client(TenantService, { userId, permissions: ['tenant.invitations.accept'] })
  await invited.acceptInvitation({ proof: { case: 'token', value: invitation?.token ?? '' } })
  await suite.settle()
  return { userId, sessionId }
}

async function buyBus(suite: Suite, manager: Who, { plate, name }: CompanyFacts) {
  const fleet = suite.client(FleetService, manager)
  const [layoutId, busId, spareLayoutId] = [id(), id(), id()]
  await fleet.createSeatLayout({ layoutId, name: `${name} eight`, seats: seats('ABCD') })
  await fleet.createSeatLayout({ layoutId: spareLayoutId, name: `${name} spare`, seats: seats('AB') })
  await fleet.createBus({ busId, plate, name: `${name} one`, layoutId })
  return { layoutId, spareLayoutId, busId }
}

function seats(letters: string) {
  const rows = [SeatClass.VIP, SeatClass.STANDARD]
  return rows.flatMap((seatClass, row) =>
    [...letters].map((letter, column) => ({ label: `${row + 1}${letter}`, seatClass, deck: 0, row, column })),
  )
}

async function drawLine(suite: Suite, manager: Who, { name, towns }: CompanyFacts) {
  const network = suite.client(NetworkService, manager)
  const [routeId, patternId, importId] = [id(), id(), id()]
  const stops = towns.map((town, i) => ({
    stopId: id(),
    distanceMeters: i * 60_000,
    durationSeconds: i * 5_400,
    name: `${town} Gare`,
    town,
  }))
  for (const [i, stop] of stops.entries()) {
    const location = { latitudeDegrees: -2 + i / 10, longitudeDegrees: 30 + i / 10 }
    await network.createStop({ stopId: stop.stopId, name: stop.name, town: stop.town, location })
  }
  const calls = stops.map(({ stopId, distanceMeters, durationSeconds }) => ({
    stopId,
    distanceMeters,
    durationSeconds,
  }))
  const patterns = [{ patternId, headsign: towns[2], direction: 0, stops: calls }]
  await network.createRoute({ routeId, name: `${name} ${towns[0]} - ${towns[2]}`, patterns })
  await network.startImport({ importId, source: `${name}.zip` })
  const stopIds = stops.map(({ stopId }) => stopId) as [string, string, string]
  const fareIds = await setFares(suite, manager, stopIds)
  return { routeId, patternId, importId, stopIds, fareIds, calls }
}

/** RWF 2,000 for each part of the line, half as much again in VIP. */
async function setFares(suite: Suite, manager: Who, stopIds: readonly string[]) {
  const rides = stopIds.flatMap((from, i) => stopIds.slice(i + 1).map((to, j) => ({ from, to, parts: BigInt(j + 1) })))
  const fares = rides.flatMap(({ from, to, parts }) =>
    [SeatClass.STANDARD, SeatClass.VIP].map((seatClass) => ({
      fareId: id(),
      fromStopId: from,
      toStopId: to,
      seatClass,
      price: { currencyCode: 'RWF', units: parts * (seatClass === SeatClass.VIP ? 3_000n : 2_000n) },
      validFromDate: dayOf(suite, -30),
    })),
  )
  await suite.client(NetworkService, manager).setFares({ idempotencyKey: id(), fares })
  return fares.map(({ fareId }) => fareId)
}

type Plan = { readonly patternId: string; readonly busId: string }

/** The day so many days after today, by the suite's clock, in Kigali. */
export function dayOf(suite: Suite, daysFromToday: number): string {
  return addDays(serviceDateOf(suite.clock.now(), 'Africa/Kigali'), daysFromToday)
}

/** A trip tomorrow at eight, and one the day after. */
async function planTrips(suite: Suite, manager: Who, { patternId, busId }: Plan) {
  const timetable = suite.client(TimetableService, manager)
  const [calendarId, scheduleId, serviceDate] = [id(), id(), dayOf(suite, 1)]
  const days = { weekdays: [1, 2, 3, 4, 5, 6, 7], startDate: dayOf(suite, -30), endDate: dayOf(suite, 300) }
  await timetable.createCalendar({ calendarId, name: 'Every day', days })
  await timetable.createSchedule({ scheduleId, patternId, calendarId, departures: { startSeconds: 8 * 3_600 }, busId })
  await timetable.generateTrips({ fromDate: serviceDate, dayCount: 2, scheduleId })
  const { trips } = await timetable.listTrips({ scheduleId })
  const [tripId, nextTripId] = [serviceDate, addDays(serviceDate, 1)].map(
    (date) => trips.find((trip) => trip.serviceDate === date)?.tripId ?? '',
  ) as [string, string]
  return { calendarId, scheduleId, serviceDate, tripId, nextTripId }
}

async function hireDriver(suite: Suite, manager: Who, { tripId, facts }: { tripId: string; facts: CompanyFacts }) {
  const members = suite.client(TenantService, manager)
  const [driverInvitationId, invitationId, assignmentId] = [id(), id(), id()]
  const { driver, invited } = facts.phones
  await members.inviteMember({ invitationId: driverInvitationId, contact: phone(driver), role: 'driver' })
  await members.inviteMember({ invitationId, contact: phone(invited), role: 'agent' })
  await suite.settle()
  const { userId: driverId } = await join(suite, manager.tenantId ?? '', driver)
  const licenceId = id()
  await suite.client(PlanningService, manager).setDriverLicence({
    ...{ licenceId, driverUserId: driverId, licenceClass: 'D', number: `L ${facts.phones.driver.slice(1)}` },
    ...{ validFromDate: dayOf(suite, -300), validToDate: dayOf(suite, 300) },
  })
  await suite.client(TimetableService, manager).assignDriver({ assignmentId, tripId, driverUserId: driverId })
  return { driverInvitationId, invitationId, assignmentId, licenceId, driverId }
}
