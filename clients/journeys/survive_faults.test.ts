import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import { type Booking, Booking_State } from '#gen/tms/ticketing/v1/booking_pb.ts'
import { TicketIssuedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import { placements, type Suite } from '#kit/testing'
import { identity } from '../../services/identity.ts'
import { loadServices, serviceNames } from '../../services/roster.ts'
import { reasonOf, type Tms } from '../sdk/src/node.ts'
import { booksOf, soldFor } from './testing/world/books.ts'
import { openCompany } from './testing/world/companies.ts'
import { type Town, townWithGateway } from './testing/world/front_door.ts'
import { ikirezi } from './testing/world/line.ts'
import { type Machines, startMachines } from './testing/world/machines.ts'
import { bookingOf, holdSeats, startPaying, ticketMessages, timePasses } from './testing/world/passenger.ts'
import { smallCompany } from './testing/world/small_network.ts'

const services = await loadServices(serviceNames)
const options = { ...identity, now: new Date().toISOString(), outside: townWithGateway, timeoutMs: 60_000 }

/** Somebody who has seats and a phone. */
type Buyer = { readonly tms: Tms; readonly phone: string; readonly held: Booking }

placements(
  'a JetStream that is wiped and a Redis that is flushed in mid-flow lose no ticket, and double none [S1-47][S2-11]',
  services,
  async (suite, town) => {
    const company = await openCompany(suite, ikirezi)
    const seats = ['1A', '1B', '1C', '1D', '2A', '2B', '2C', '2D']
    const buyers = await Promise.all(seats.map((seat, i) => buyerOf(town, company.tripId, seat, `+25078810${i}007`)))
    await Promise.all([
      wipeAgainAndAgain(suite),
      ...buyers.map(({ tms, phone, held }) => startPaying(tms, held, phone)),
    ])
    await timePasses(suite, () => allConfirmed(buyers), 'every booking')
    await suite.settle()
    expect(await suite.published(TicketIssuedSchema)).toHaveLength(seats.length)
    for (const { phone, held } of buyers) expect(ticketMessages(town, phone, held)).toHaveLength(1)
    const books = await booksOf(suite, town.sandbox, company)
    expect(books).toMatchObject({ charged: 40_000, tickets: 40_000, refunded: 0, held: 0, suspense: 0 })
    expect(await soldFor(suite)).toBe(40_000)
    await expectEndedSessionsToBeHeardOf(suite)
  },
  { ...options, placements: ['network'] },
)

async function buyerOf(town: Town, tripId: string, seat: string, phone: string, toSequence = 2): Promise<Buyer> {
  const tms = town.device()
  await tms.session.asGuest()
  return { tms, phone, held: await holdSeats(tms, { tripId, toSequence }, phone, { [seat]: `Passenger ${seat}` }) }
}

/** Three times, a moment apart: deletes every stream, and every key of the suite in Redis. */
async function wipeAgainAndAgain(suite: Suite): Promise<void> {
  const { streams } = suite.bus.manager
  for (let time = 0; time < 3; time++) {
    await sleep(150)
    for await (const { config } of streams.list(`${suite.namespace}.>`)) await streams.delete(config.name)
    const keys = await suite.redis.keys(`${suite.namespace}:*`)
    if (keys.length > 0) await suite.redis.del(...keys)
  }
}

async function allConfirmed(buyers: readonly Buyer[]): Promise<boolean> {
  const bookings = await Promise.all(buyers.map(({ tms, held }) => bookingOf(tms, held)))
  return bookings.every(({ state }) => state === Booking_State.CONFIRMED)
}

/** The streams that were wiped also tell which sessions were ended: that must be heard of as before. */
async function expectEndedSessionsToBeHeardOf(suite: Suite): Promise<void> {
  const { tokens } = await suite.client(AuthService).startGuestSession({ language: 'rw' })
  const guest = suite.clientWithToken(AuthService, tokens?.accessToken ?? '')
  expect((await guest.getProfile({})).profile?.userId).toBe(tokens?.userId)
  await suite.client(AuthService).logOut({ refreshToken: tokens?.refreshToken ?? '' })
  await suite.settle()
  const reason = () => guest.getProfile({}).then(() => undefined, reasonOf)
  await expect.poll(reason, { timeout: 5_000 }).toBe('SESSION_REVOKED')
}

/** Each in a process of its own, and the rest in one. */
const LAYOUT = {
  rest: ['auth', 'tenant', 'company', 'qr', 'gateway'],
  payment: ['payment'],
  ticketing: ['ticketing'],
  notification: ['notification'],
} as const

test('processes that are killed in mid-flow and started again lose nothing and do nothing twice, and log nothing secret [S1-34][S2-11][S3-118]', async () => {
  const machines = await startMachines(LAYOUT)
  try {
    const buyers = await sellWhileProcessesDie(machines)
    console.info(Object.entries(machines.places).map(([name, place]) => `${name} back after ${place.startMs()} ms`))
    await expect.poll(() => allConfirmed(buyers), { timeout: 60_000, interval: 200 }).toBe(true)
    await expectOneTicketEach(machines, buyers)
    expectOneCorrelationId(machines)
    await expectNothingSecretInLogs(machines, buyers)
  } finally {
    await machines.stop()
  }
}, 240_000)

async function sellWhileProcessesDie(machines: Machines<typeof LAYOUT>): Promise<Buyer[]> {
  const { town, host, places } = machines
  const { serviceDate } = await smallCompany(host)
  const tripId = await tripOf(town, serviceDate)
  const [one, two, three] = await Promise.all([
    buyerOf(town, tripId, '1A', '+250788200007', 1),
    buyerOf(town, tripId, '1B', '+250788200107', 1),
    buyerOf(town, tripId, '1C', '+250788200207', 1),
  ])
  await paymentDiesBeforeTheCallback(machines, one)
  await ticketingDiesAfterThePayment(machines, two)
  await places.notification.kill()
  await startPaying(three.tms, three.held, three.phone)
  await places.notification.start()
  await places.rest.kill()
  await places.rest.start()
  const four = await buyerOf(town, tripId, '1D', '+250788200307', 1)
  await startPaying(four.tms, four.held, four.phone)
  return [one, two, three, four]
}

/** The trip is on sale when ticketing has heard of it. */
async function tripOf(town: Town, serviceDate: string): Promise<string> {
  const text = (value: string) => ({ place: { case: 'text' as const, value } })
  const search = { origin: text('Kigali'), destination: text('Huye'), serviceDate }
  const find = async () => (await town.device().ticketing.searchTrips(search)).offers[0]?.tripId
  await expect.poll(find, { timeout: 30_000 }).toBeDefined()
  return (await find()) ?? ''
}

/** The callback finds nobody; asking the provider makes up for it. */
async function paymentDiesBeforeTheCallback(
  { town, places, sql }: Machines<typeof LAYOUT>,
  buyer: Buyer,
): Promise<void> {
  const phone = town.sandbox.phone(buyer.phone)
  phone.scenario({ answer: 'manual' })
  await startPaying(buyer.tms, buyer.held, buyer.phone)
  await phone.nextPrompt()
  // Sooner, and it would be the list of the provider's payments that tells: after three quarters of a minute.
  const asked = () => sql`select 1 from payment.payment_attempt where request_reference is not null`
  await expect.poll(async () => (await asked()).length, { timeout: 20_000 }).toBe(1)
  await places.payment.kill()
  phone.approve()
  await town.sandbox.until(() => town.sandbox.payments(buyer.phone).find(({ deliveries }) => deliveries.length > 0))
  await places.payment.start()
}

/** The money is in, and whoever should make the tickets is gone. */
async function ticketingDiesAfterThePayment({ town, places }: Machines<typeof LAYOUT>, buyer: Buyer): Promise<void> {
  await startPaying(buyer.tms, buyer.held, buyer.phone)
  await town.sandbox.until(() => town.sandbox.payments(buyer.phone).find(({ outcome }) => outcome))
  await places.ticketing.kill()
  await places.ticketing.start()
}

async function expectOneTicketEach({ town, sql }: Machines<typeof LAYOUT>, buyers: readonly Buyer[]): Promise<void> {
  const messages = () => buyers.map(({ phone, held }) => ticketMessages(town, phone, held).length)
  await expect.poll(messages, { timeout: 30_000 }).toEqual(buyers.map(() => 1))
  const [row] = await sql<{ tickets: number; claims: number; entries: number }[]>`
    select (select count(*)::int from ticketing.ticket) as tickets,
           (select count(*)::int from ticketing.seat_claim where release_time is null) as claims,
           (select count(distinct entry_id)::int from payment.journal_transfer) as entries`
  expect(row).toEqual({ tickets: buyers.length, claims: buyers.length, entries: buyers.length })
  expect(town.sandbox.totals()['RWF']?.charged).toEqual({ count: buyers.length, amount: 4_000 * buyers.length })
}

/** From the callback at the gateway to the message to the phone, the logs of all services have one id in common. */
function expectOneCorrelationId({ places }: Machines<typeof LAYOUT>): void {
  const servicesOf = new Map<string, Set<string>>()
  for (const { service, correlationId } of Object.values(places).flatMap(({ logs }) => logs)) {
    if (service === undefined || correlationId === undefined) continue
    servicesOf.set(correlationId, (servicesOf.get(correlationId) ?? new Set()).add(service))
  }
  const longest = [...servicesOf.values()].sort((a, b) => b.size - a.size)[0] ?? new Set()
  expect([...longest]).toEqual(expect.arrayContaining(['payment', 'ticketing', 'qr', 'notification']))
}

/** The whole log of all processes, in every detail that they can be asked for: no number, no token, no password, no secret path. */
async function expectNothingSecretInLogs({ places, sql }: Machines<typeof LAYOUT>, buyers: Buyer[]): Promise<void> {
  const lines = Object.values(places).flatMap(({ logs }) => logs.map((line) => JSON.stringify(line)))
  expect(lines.length).toBeGreaterThan(100)
  const paths = await sql<{ token: string }[]>`select callback_token as token from payment.payment_attempt`
  expect(paths.length).toBeGreaterThanOrEqual(buyers.length)
  const secrets = [
    ...buyers.map(({ phone }) => phone.slice(4)),
    ...paths.map(({ token }) => token),
    'eyJ', // the beginning of every JSON web token
    'Safaricom999#', // the operator's password at M-Pesa's sandbox
    'Bearer ',
    'Basic ',
  ]
  for (const secret of secrets) {
    expect([secret, lines.filter((line) => line.includes(secret))]).toEqual([secret, []])
  }
}
