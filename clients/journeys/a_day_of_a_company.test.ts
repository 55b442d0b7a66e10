import { expect } from 'vitest'
import { TripState } from '#gen/tms/company/v1/trip_pb.ts'
import { Payee_Kind } from '#gen/tms/payment/v1/payout_pb.ts'
import { type Booking, Booking_State, Ticket_State } from '#gen/tms/ticketing/v1/booking_pb.ts'
import { EntryOutcome } from '#gen/tms/ticketing/v1/point_of_sale_pb.ts'
import { Deposit_Destination as To } from '#gen/tms/ticketing/v1/shift_pb.ts'
import { serviceInstant } from '#kit'
import { placements, type Suite } from '#kit/testing'
import { identity } from '../../services/identity.ts'
import { loadServices, serviceNames } from '../../services/roster.ts'
import { TestDevice } from '../../services/ticketing/testing/counter.ts'
import { PaymentMethod, reasonOf, type Tms } from '../sdk/src/node.ts'
import { type Company, id, openCompany } from './testing/world/companies.ts'
import { booksOf, cashOut, crewOf, francs, openTill, payCommission, payOutAll, reliefBus } from './testing/world/day.ts'
import { townWithGateway } from './testing/world/front_door.ts'
import { ikirezi } from './testing/world/line.ts'
import { bookingOf, codesOf, confirmed, holdSeats, pay, timePasses } from './testing/world/passenger.ts'

const services = await loadServices(serviceNames)
const WEB = '+250788700007'
const OTHER_WEB = '+250788700107'
/** VIP 6,000 and standard 4,000 for the whole ride. */
const [VIP, STANDARD] = [6_000, 4_000]

placements(
  'a day of a company: planned, sold on the web and at two counters, given back, broken down, swapped, boarded, driven, counted, settled, and every franc where it belongs',
  services,
  async (suite, town) => {
    const company = await openCompany(suite, ikirezi)
    const { tripId, tenantId, serviceDate } = company
    const crew = crewOf(company)
    let at = await crew.devices(suite, town)
    await payCommission(at.platform, tenantId, crew.northId, 500)

    // Sold on the web: two seats that are ridden, one that is given back in time.
    const guest = town.device()
    await guest.session.asGuest()
    const family = await pay(
      suite,
      guest,
      await holdSeats(guest, { tripId }, WEB, { '2A': 'Aline', '2B': 'Eric' }),
      WEB,
    )
    const ill = await holdSeats(guest, { tripId }, OTHER_WEB, { '1B': 'Claude' })
    await pay(suite, guest, ill, OTHER_WEB)
    const before = town.sandbox.phone(OTHER_WEB).balance()
    await guest.ticketing.cancelBooking({ idempotencyKey: guest.newId(), bookingId: ill.bookingId })
    await timePasses(suite, async () => (await bookingOf(guest, ill)).refund?.settleTime !== undefined, 'the refund')
    const back = town.sandbox.phone(OTHER_WEB).balance() - before

    // Sold at two counters, each with a till of its own.
    const north = await openTill(at.north, 10_000)
    const device = await enrolled(suite, company, at.manager, at.south, crew.southId)
    const south = await openTill(at.south, 5_000, device.deviceId)
    device.shiftId = south.shiftId
    const counter = async (agent: Tms, seats: Record<string, string>): Promise<Booking> => {
      const held = await holdSeats(agent, { tripId }, '+250788300300', seats)
      const { paymentIntentId } = held
      await agent.payment.confirmPaymentIntent({ paymentIntentId, method: PaymentMethod.CASH, idempotencyKey: id() })
      return confirmed(suite, agent, held)
    }
    const vip = await counter(at.north, { '1A': 'Diane' })
    const single = await counter(at.north, { '2C': 'Felix' })
    // The other counter has no network: it sells what it was lent, and tells of it later.
    const { lease } = await at.south.pointOfSale.leaseSeats({
      leaseId: id(),
      deviceId: device.deviceId,
      tripId,
      seatLabels: ['1C', '1D'],
    })
    for (const seat of lease!.seats) device.sell(lease!, seat)
    const airtime = { expenseId: id(), category: 'airtime', amount: francs(1_500), receipt: '', note: '' }
    device.write({ case: 'expense', value: airtime })
    const taken = await guest.ticketing
      .holdSeats({
        bookingId: id(),
        tripId,
        fromSequence: 0,
        toSequence: 2,
        passengers: [{ name: 'Ines', seatLabel: '1C' }],
        contact: { phone: WEB, language: 'rw' },
      })
      .catch(reasonOf)
    expect(taken).toBe('SEAT_TAKEN')
    const { results } = await at.south.pointOfSale.syncSales({ deviceId: device.deviceId, entries: device.journal })
    expect(results.map(({ outcome }) => outcome)).toEqual([EntryOutcome.SOLD, EntryOutcome.SOLD, EntryOutcome.RECORDED])
    const deviceCodes = lease!.seats.map(({ tickets }) => tickets.find((one) => one.toSequence === 2)!.code)
    await suite.settle()

    // The bus breaks down; another one comes, in which one seat is somewhere else.
    const busId = await reliefBus(at.manager, 'RAE555S', '1A 1B 1C 1D 2A 2B 3A')
    const { plan } = await at.manager.dispatch.planBusSwap({ tripId, busId })
    expect(plan).toMatchObject({ keptCount: 5, unseated: [], moves: [{ passengerName: 'Felix', oldSeatLabel: '2C' }] })
    await at.manager.dispatch.swapBus({ swapId: id(), tripId, busId, reason: 'engine failure' })
    await suite.settle()
    const oldCode = codesOf(single)[0]!

    // The day itself: everybody boards with the ticket that counts, and the bus arrives.
    suite.clock.set(new Date(serviceInstant(serviceDate, 8 * 3_600 - 1_800, 'Africa/Kigali')).toISOString())
    at = await crew.devices(suite, town)
    await at.manager.timetable.changeTripState({ tripId, state: TripState.BOARDING })
    const board = (code: string) =>
      at.manager.ticketing.boardTicket({ scanId: id(), code, tripId, stopSequence: 0, deviceId: 'door' })
    await expect(board(oldCode)).rejects.toMatchObject({ rawMessage: expect.any(String) as string })
    const readers: readonly (readonly [Tms, Booking])[] = [
      [guest, family],
      [at.north, vip],
      [at.north, single],
    ]
    for (const [reader, booking] of readers) {
      for (const code of codesOf(await bookingOf(reader, booking))) await board(code)
    }
    for (const code of deviceCodes) await board(code)
    const { entries } = await at.manager.ticketing.listTripTickets({ tripId })
    expect(entries.map(({ seatLabel, ticket }) => [seatLabel, ticket?.state])).toEqual(
      ['1A', '1C', '1D', '2A', '2B', '3A'].map((label) => [label, Ticket_State.BOARDED]),
    )
    for (const state of [TripState.DEPARTED, TripState.ARRIVED]) {
      await at.manager.timetable.changeTripState({ tripId, state })
    }
    await suite.settle()
    expect((await bookingOf(guest, ill)).state).toBe(Booking_State.CANCELLED)

    // Cash-out: one till is right, in the other a hundred is missing.
    const northZ = await cashOut(at.north, at.accountant, north.shiftId, { 5000: 4 }, To.SAFE)
    const southZ = await cashOut(
      at.south,
      at.accountant,
      south.shiftId,
      { 5000: 3, 100: 4 },
      To.BANK,
      device.journal.length,
    )
    const cash = { north: VIP + STANDARD, south: 2 * VIP }
    expect(northZ).toMatchObject({ expected: francs(10_000 + cash.north), shift: { zNumber: 1 } })
    expect(northZ.shift?.cashCount?.overShort).toMatchObject(francs(0))
    expect(southZ).toMatchObject({ expected: francs(5_000 + cash.south - 1_500), shift: { zNumber: 1 } })
    expect(southZ.shift?.cashCount?.overShort).toMatchObject(francs(-100))

    // Settlement: the agent gets his commission, the company what it is owed beyond the cash that it has.
    const commission = cash.north * 0.05
    const web = 2 * STANDARD + (VIP - back)
    const due = BigInt(web - commission)
    const holderId = crew.northId
    const agentPayee = { kind: Payee_Kind.AGENT, holderId, account: '+250788400400' }
    expect(await payOutAll(suite, at.manager, at.accountant, agentPayee)).toBe(BigInt(commission))
    const companyPayee = { kind: Payee_Kind.COMPANY, account: ikirezi.phones.manager }
    expect(await payOutAll(suite, at.manager, at.accountant, companyPayee)).toBe(due)
    const days = { firstDate: serviceDate, lastDate: serviceDate, currencyCode: 'RWF' }
    const { statement } = await at.manager.shifts.getAgencyStatement({ agentUserId: holderId, ...days })
    expect(statement).toMatchObject({ saleCount: 2, sales: francs(cash.north), due: francs(0) })

    await suite.advance({ seconds: 10 })
    const { sum, of } = await booksOf(at.manager)
    expect(sum).toBe(0n)
    expect(of).toMatchObject({
      CASH: 0n,
      CASH_DRAWER: 0n,
      CASH_IN_TRANSIT: 0n,
      CASH_SAFE: BigInt(10_000 + cash.north - 10_000 - 5_000),
      COMPANY_BANK: 15_400n,
      CASH_EXPENSE: 1_500n,
      CASH_OVER_SHORT: 100n,
      AGENT_FLOAT: 0n,
      REFUNDS_PENDING: 0n,
      PAYOUTS_PENDING: 0n,
      PROVIDER_CLEARING: 0n,
    })
    // What the company was owed is what it has had: by phone, and in its own notes.
    expect(-(of['TENANT_PAYABLE'] ?? 0n)).toBe(BigInt(cash.north + cash.south))
  },
  { ...identity, now: new Date().toISOString(), outside: townWithGateway, timeoutMs: 180_000, placements: ['memory'] },
)

/** A device of a counter at the company's first stop, which writes its journal whether there is a network or not. */
async function enrolled(suite: Suite, { stopIds }: Company, office: Tms, agent: Tms, agentId: string) {
  const device = new TestDevice(id(), agentId, () => suite.clock.now())
  const { deviceId, publicKey } = device
  const asked = { deviceId, name: 'South', stationStopId: stopIds[0] }
  const { enrolmentCode } = await office.pointOfSale.createPosDevice(asked)
  await agent.pointOfSale.enrolPosDevice({ enrolmentCode, publicKey, proof: device.proofFor(enrolmentCode) })
  return device
}
