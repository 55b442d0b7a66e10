import { expect } from 'vitest'
import { CodeRequestedSchema } from '#gen/tms/auth/v1/events_pb.ts'
import { TimetableService } from '#gen/tms/company/v1/timetable_service_pb.ts'
import { TripState } from '#gen/tms/company/v1/trip_pb.ts'
import { PaymentSucceededSchema } from '#gen/tms/payment/v1/events_pb.ts'
import { PaymentIntent_State as State } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import { RenderQrCodeRequest_Format as Format } from '#gen/tms/qr/v1/qr_service_pb.ts'
import { type Booking, Booking_State, Ticket_State } from '#gen/tms/ticketing/v1/booking_pb.ts'
import { SeatsHeldSchema, TicketIssuedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import { MapSeat_State } from '#gen/tms/ticketing/v1/trip_offer_pb.ts'
import { placements, type Suite } from '#kit/testing'
import { identity } from '../../services/identity.ts'
import { loadServices, serviceNames } from '../../services/roster.ts'
import { reasonOf, type Tms } from '../sdk/src/node.ts'
import { booksOf, soldFor } from './testing/world/books.ts'
import { type Company, openCompany, PASSWORD } from './testing/world/companies.ts'
import { type Town, townWithGateway } from './testing/world/front_door.ts'
import { ikirezi } from './testing/world/line.ts'
import {
  bookingOf,
  codesOf,
  confirmed,
  holdSeats,
  pay,
  paymentOf,
  paymentReaches,
  secondsLeft,
  startPaying,
  ticketMessages,
  timePasses,
} from './testing/world/passenger.ts'
import { scan } from './testing/world/scanner.ts'

const services = await loadServices(serviceNames)

/** Tokens are compared with the time on the wall, so that the suite's clock begins there. */
const options = { ...identity, now: new Date().toISOString(), outside: townWithGateway, timeoutMs: 60_000 }

const because = (reason: string) => (err: unknown) => reasonOf(err) === reason

placements(
  'a passenger searches, holds, pays and rides with a company that the platform admitted and a driver who starts the trip, and the money is where it belongs [S1-43][S1-44][S1-45][S1-46][S1-47][S1-48][S2-02][S2-08][S2-92][S2-103][S2-107]',
  services,
  async (suite, town) => {
    const company = await openCompany(suite, ikirezi)
    const alice = await signUp(suite, town, '+250788123456')
    const held = await searchAndHold(suite, town, company, alice)
    const paid = await payOnThePhone(suite, town, alice, held)
    await receiveTicket(town, alice, paid)
    const driver = await board(town, company, paid)
    await changeMind(suite, town, company)
    await drive(suite, driver, company)
    await expectBooksToBalance(suite, town, company)
  },
  options,
)

/** By the code that the phone shows. */
async function signUp(suite: Suite, town: Town, phone: string): Promise<Tms> {
  const device = town.device()
  await device.session.asGuest()
  const pending = await device.session.signUp({ phone }, PASSWORD, 'Alice Uwase')
  await suite.settle()
  const [sent] = (await suite.published(CodeRequestedSchema)).filter((event) => event.phone === phone)
  const { text } = await town.sandbox.phone(phone).nextMessage(sent?.code)
  expect(text).toMatch(/kode/i)
  await pending.confirm(sent?.code ?? '')
  return device
}

async function searchAndHold(suite: Suite, town: Town, company: Company, alice: Tms): Promise<Booking> {
  const text = (value: string) => ({ place: { case: 'text' as const, value } })
  const { serviceDate, tripId } = company
  const found = await alice.ticketing.searchTrips({ origin: text('KIGÀLI'), destination: text('huye'), serviceDate })
  expect(found.offers).toMatchObject([{ tripId, companyName: 'Ikirezi Coaches', headsign: 'Huyé' }])
  const ride = { tripId, fromSequence: 0, toSequence: 2 }
  const held = await holdSeats(alice, ride, '+250788123456', { '2A': 'Alice Uwase', '2B': 'Bosco Nkurunziza' })
  expect(held).toMatchObject({ state: Booking_State.HELD, total: { currencyCode: 'RWF', units: 8_000n } })
  expect(secondsLeft(suite, held)).toBe(600)
  const keys = await suite.redis.keys(`${suite.namespace}:*lock:*2A*`)
  expect(keys.length).toBeGreaterThan(0)
  expect(await suite.redis.pttl(keys[0] ?? '')).toBeGreaterThan(590_000)
  expect(await suite.published(SeatsHeldSchema)).toHaveLength(1)
  await refuseTheNext(town, ride)
  return held
}

async function refuseTheNext(town: Town, ride: { tripId: string; fromSequence: number; toSequence: number }) {
  const guest = town.device()
  await guest.session.asGuest()
  const { seats } = await guest.ticketing.getSeatMap(ride)
  expect(seats.filter(({ state }) => state === MapSeat_State.HELD).map(({ label }) => label)).toEqual(['2A', '2B'])
  const late = holdSeats(guest, { ...ride, toSequence: 1 }, '+250788100007', { '2B': 'Chantal Uwera' })
  await expect(late).rejects.toSatisfy(because('SEAT_TAKEN'))
}

/** The person types the PIN on the phone; the device only watches. */
async function payOnThePhone(suite: Suite, town: Town, alice: Tms, held: Booking): Promise<Booking> {
  const phone = town.sandbox.phone('+250788123456')
  phone.scenario({ answer: 'manual' })
  await startPaying(alice, held, '+250788123456')
  const prompt = await phone.nextPrompt()
  expect(prompt).toMatchObject({ amount: 8_000, reference: held.bookingCode })
  expect((await bookingOf(alice, held)).state).toBe(Booking_State.HELD)
  phone.approve()
  const intent = await paymentReaches(alice, held, State.SUCCEEDED)
  expect(intent.latestAttempt?.receipt).not.toBe('')
  const paid = await confirmed(suite, alice, held)
  expect(await suite.published(PaymentSucceededSchema)).toHaveLength(1)
  expect(await suite.published(TicketIssuedSchema)).toHaveLength(1)
  return paid
}

/** One message with both seats, in the passenger's language; the code in the picture is the code of the ticket. */
async function receiveTicket(town: Town, alice: Tms, paid: Booking): Promise<void> {
  const messages = ticketMessages(town, '+250788123456', paid)
  expect(messages).toHaveLength(1)
  expect(messages[0]).toMatch(/Imyanya 2A, 2B.*Itike: /)
  const codes = codesOf(paid)
  expect(new Set(codes).size).toBe(2)
  for (const code of codes) {
    const { image } = await alice.qr.renderQrCode({ code, format: Format.PNG, sizePixels: 500 })
    expect(scan(image)).toBe(code)
  }
}

/** The driver's device signs in as the driver, and lets each passenger on once. */
async function board(town: Town, { tenantId, tripId, nextTripId }: Company, paid: Booking): Promise<Tms> {
  const driver = town.device()
  await driver.session.signIn({ phone: ikirezi.phones.driver }, PASSWORD, { tenantId })
  await driver.timetable.changeTripState({ tripId, state: TripState.BOARDING })
  const [first = '', second = ''] = codesOf(paid)
  const scanAt = (trip: string, code: string) =>
    driver.ticketing.boardTicket({ scanId: driver.newId(), code, tripId: trip, stopSequence: 0, deviceId: 'pos-1' })
  await expect(scanAt(nextTripId, first)).rejects.toSatisfy(because('WRONG_TRIP'))
  expect((await scanAt(tripId, first)).entry).toMatchObject({
    seatLabel: '2A',
    ticket: { state: Ticket_State.BOARDED },
  })
  await expect(scanAt(tripId, first)).rejects.toSatisfy(because('ALREADY_BOARDED'))
  const changed = second.replace(/.$/, (last) => (last === '0' ? '1' : '0'))
  await expect(scanAt(tripId, changed)).rejects.toSatisfy(because('TICKET_FORGED'))
  expect((await scanAt(tripId, second)).entry?.seatLabel).toBe('2B')
  return driver
}

/** The driver starts the trip and ends it; the company sees each step. */
async function drive(suite: Suite, driver: Tms, { tripId, manager }: Company): Promise<void> {
  const office = suite.client(TimetableService, manager)
  const seen = async () => (await office.getTrip({ tripId })).trip?.state
  expect(await seen()).toBe(TripState.BOARDING)
  for (const state of [TripState.DEPARTED, TripState.ARRIVED]) {
    await driver.timetable.changeTripState({ tripId, state })
    expect(await seen()).toBe(state)
  }
}

/** Somebody else buys, thinks better of it, and has the money back on the phone. */
async function changeMind(suite: Suite, town: Town, { tripId }: Company): Promise<void> {
  const phone = '+250788100007'
  const guest = town.device()
  await guest.session.asGuest()
  const held = await holdSeats(guest, { tripId }, phone, { '1A': 'Diane Mukamana' })
  const paid = await pay(suite, guest, held, phone)
  const before = town.sandbox.phone(phone).balance()
  const { booking } = await guest.ticketing.cancelBooking({ idempotencyKey: guest.newId(), bookingId: held.bookingId })
  expect(booking).toMatchObject({ state: Booking_State.CANCELLED, refund: { amount: paid.total } })
  const isBack = async () => (await bookingOf(guest, held)).refund?.settleTime !== undefined
  await timePasses(suite, isBack, 'the refund')
  expect(town.sandbox.phone(phone).balance() - before).toBe(6_000)
}

/** Money in = tickets + refunds + held, to the franc, by the provider's books and by ours. */
async function expectBooksToBalance(suite: Suite, town: Town, company: Company): Promise<void> {
  const books = await booksOf(suite, town.sandbox, company)
  expect(books.charged).toBe(books.tickets + books.refunded + books.held + books.suspense)
  expect(books.clearing).toBe(books.charged - books.refunded)
  expect(books.tickets).toBe(await soldFor(suite))
}

placements(
  'whatever goes wrong with a payment, nobody pays for nothing and nobody rides for nothing [S1-47]',
  services,
  async (suite, town) => {
    const company = await openCompany(suite, ikirezi)
    await declinedThenPaid(suite, town, company)
    await ignored(suite, town, company)
    await callbackLost(suite, town, company)
    await callbackTenTimes(suite, town, company)
    await forged(suite, town, company)
    await paidAfterTheHold(suite, town, company)
    await paidAfterRelease(suite, town, company)
    await suite.settle()
    await expectBooksToBalance(suite, town, company)
  },
  options,
)

async function guestWith(town: Town, company: Company, seat: string, phone: string) {
  const guest = town.device()
  await guest.session.asGuest()
  const held = await holdSeats(guest, { tripId: company.tripId }, phone, { [seat]: 'Emmanuel Habimana' })
  return { guest, held }
}

async function declinedThenPaid(suite: Suite, town: Town, company: Company): Promise<void> {
  const { guest, held } = await guestWith(town, company, '1A', '+250788100107')
  await startPaying(guest, held, '+250788100132') // declines
  await paymentReaches(guest, held, State.REQUIRES_PAYMENT)
  expect((await bookingOf(guest, held)).state).toBe(Booking_State.HELD)
  const paid = await pay(suite, guest, held, '+250788100107')
  expect(ticketMessages(town, '+250788100107', paid)).toHaveLength(1)
}

async function ignored(suite: Suite, town: Town, company: Company): Promise<void> {
  const phone = '+250788100207'
  town.sandbox.phone(phone).scenario({ answer: 'ignore', promptTimeoutMs: 100 })
  const { guest, held } = await guestWith(town, company, '1B', phone)
  await startPaying(guest, held, phone)
  await paymentReaches(guest, held, State.REQUIRES_PAYMENT)
  await guest.ticketing.releaseHold({ bookingId: held.bookingId })
  await suite.settle()
  expect(ticketMessages(town, phone, held)).toEqual([])
}

async function callbackLost(suite: Suite, town: Town, company: Company): Promise<void> {
  const phone = '+250788100399' // approves, and the callback is lost
  const { guest, held } = await guestWith(town, company, '1B', phone)
  await startPaying(guest, held, phone)
  await town.sandbox.until(() => town.sandbox.payments(phone).find(({ outcome }) => outcome))
  const isConfirmed = async () => (await bookingOf(guest, held)).state === Booking_State.CONFIRMED
  await timePasses(suite, isConfirmed, 'the payment whose callback was lost')
  const paid = await confirmed(suite, guest, held)
  expect(ticketMessages(town, phone, paid)).toHaveLength(1)
}

async function callbackTenTimes(suite: Suite, town: Town, company: Company): Promise<void> {
  const phone = '+250788100407'
  town.sandbox.phone(phone).scenario({ callbackCopies: 10 })
  const { guest, held } = await guestWith(town, company, '1C', phone)
  const paid = await pay(suite, guest, held, phone)
  await town.sandbox.until(() => town.sandbox.payments(phone).find(({ deliveries }) => deliveries.length >= 10))
  await suite.settle()
  expect(town.sandbox.phone(phone).payments()).toHaveLength(1)
  expect(ticketMessages(town, phone, paid)).toHaveLength(1)
  expect(
    (await suite.published(PaymentSucceededSchema)).filter(({ orderId }) => orderId === held.bookingId),
  ).toHaveLength(1)
}

async function forged(suite: Suite, town: Town, company: Company): Promise<void> {
  const phone = '+250788100507'
  town.sandbox.phone(phone).scenario({ answer: 'manual' })
  const { guest, held } = await guestWith(town, company, '1D', phone)
  await startPaying(guest, held, phone)
  const prompt = await town.sandbox.phone(phone).nextPrompt()
  for (const kind of ['amount', 'checkout-id', 'success', 'path-token'] as const) {
    await town.sandbox.forge(prompt.id, kind)
  }
  await suite.advance({ seconds: 30 })
  expect((await bookingOf(guest, held)).state).toBe(Booking_State.HELD)
  town.sandbox.phone(phone).decline()
  await timePasses(suite, async () => (await paymentOf(guest, held)) === State.REQUIRES_PAYMENT, 'the refusal')
  expect(ticketMessages(town, phone, held)).toEqual([])
  await guest.ticketing.releaseHold({ bookingId: held.bookingId })
}

/** The hold runs out, somebody else buys the seat, and then the money comes: another seat is as good. */
async function paidAfterTheHold(suite: Suite, town: Town, company: Company): Promise<void> {
  const [phone, other] = ['+250788100607', '+250788100707']
  town.sandbox.phone(phone).scenario({ answer: 'manual', promptTimeoutMs: 600_000 })
  const { guest, held } = await guestWith(town, company, '2A', phone)
  await startPaying(guest, held, phone)
  await town.sandbox.phone(phone).nextPrompt()
  await suite.advance({ minutes: 11 })
  expect((await bookingOf(guest, held)).state).toBe(Booking_State.EXPIRED)
  const faster = await guestWith(town, company, '2A', other)
  await pay(suite, faster.guest, faster.held, other)
  town.sandbox.phone(phone).approve()
  const isConfirmed = async () => (await bookingOf(guest, held)).state === Booking_State.CONFIRMED
  await timePasses(suite, isConfirmed, 'another seat')
  const [passenger] = (await bookingOf(guest, held)).passengers
  expect(passenger?.seatLabel).toMatch(/^2[BCD]$/)
  expect(passenger?.ticket?.code).not.toBe('')
}

/** Whoever gave the seats back does not want them: the money goes back. */
async function paidAfterRelease(suite: Suite, town: Town, company: Company): Promise<void> {
  const phone = '+250788100807'
  town.sandbox.phone(phone).scenario({ answer: 'manual' })
  const { guest, held } = await guestWith(town, company, '1D', phone)
  await startPaying(guest, held, phone)
  await town.sandbox.phone(phone).nextPrompt()
  await guest.ticketing.releaseHold({ bookingId: held.bookingId })
  const before = town.sandbox.phone(phone).balance()
  town.sandbox.phone(phone).approve()
  await town.sandbox.until(() => town.sandbox.payments(phone).find(({ outcome }) => outcome))
  const isBack = async () => (await bookingOf(guest, held)).refund?.settleTime !== undefined
  await timePasses(suite, isBack, 'the refund')
  expect(town.sandbox.phone(phone).balance()).toBe(before)
  expect(ticketMessages(town, phone, held)).toEqual([])
}
