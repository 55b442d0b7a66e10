import { timestampDate } from '@bufbuild/protobuf/wkt'
import { expect, onTestFinished } from 'vitest'
import { TripState } from '#gen/tms/company/v1/trip_pb.ts'
import { Payee_Kind } from '#gen/tms/payment/v1/payout_pb.ts'
import { type Booking, Booking_State, Ticket_State } from '#gen/tms/ticketing/v1/booking_pb.ts'
import { EntryOutcome } from '#gen/tms/ticketing/v1/point_of_sale_pb.ts'
import { Deposit_Destination as To } from '#gen/tms/ticketing/v1/shift_pb.ts'
import { addDays, serviceInstant } from '#kit'
import { placements } from '#kit/testing'
import { identity } from '../../services/identity.ts'
import { loadServices, serviceNames } from '../../services/roster.ts'
import { PaymentMethod, reasonOf, type Tms } from '../sdk/src/node.ts'
import { id, openCompany } from './testing/world/companies.ts'
import { enrolledCounter } from './testing/world/counter_device.ts'
import { booksOf, cashOut, crewOf, francs, openTill, payCommission, payOutAll, reliefBus } from './testing/world/day.ts'
import { townWithGateway } from './testing/world/front_door.ts'
import { ikirezi } from './testing/world/line.ts'
import { bookingOf, codesOf, confirmed, holdSeats, pay, timePasses } from './testing/world/passenger.ts'

const services = await loadServices(serviceNames)
/** Who pays by phone: a family, somebody who falls ill, one who cannot wait, one who rides a day later. */
const [WEB, ILL, HURRIED, PATIENT] = ['+250788700007', '+250788700107', '+250788700207', '+250788700307'] as const
const COUNTER = '+250788300300'
/** VIP 6,000 and standard 4,000 for the whole ride. */
const [VIP, STANDARD] = [6_000, 4_000]
/** The platform keeps a fortieth of every payment. */
const FEE_BASIS_POINTS = 250
const feeOf = (...payments: number[]) => payments.reduce((sum, one) => sum + (one * FEE_BASIS_POINTS) / 10_000, 0)

placements(
  'a day of a company: planned, sold on the web and at two counters, given back, delayed, broken down, swapped, boarded, driven, counted, settled, and every franc where it belongs [S2-120]',
  services,
  async (suite, town) => {
    const company = await openCompany(suite, ikirezi)
    const { tripId, nextTripId, tenantId, serviceDate } = company
    const crew = crewOf(company)
    let at = await crew.devices(suite, town)
    await payCommission(at.platform, tenantId, crew.northId, 500)

    // Paid by phone, on the web or where an agent sells: four seats that are to be ridden, one that is given back in time.
    const guest = town.device()
    await guest.session.asGuest()
    const buy = async (from: Tms, phone: string, seats: Record<string, string>) =>
      pay(suite, from, await holdSeats(from, { tripId }, phone, seats), phone)
    const family = await buy(guest, WEB, { '2A': 'Aline', '2B': 'Eric' })
    const ill = await buy(at.north, ILL, { '1B': 'Claude' })
    const givenBack = async (from: Tms, booking: Booking, phone: string) => {
      const before = town.sandbox.phone(phone).balance()
      await from.ticketing.cancelBooking({ idempotencyKey: id(), bookingId: booking.bookingId })
      await timePasses(
        suite,
        async () => (await bookingOf(from, booking)).refund?.settleTime !== undefined,
        'the refund',
      )
      return town.sandbox.phone(phone).balance() - before
    }
    expect(await givenBack(at.north, ill, ILL)).toBe(VIP)
    const hurried = await buy(guest, HURRIED, { '1B': 'Grace' })
    const patient = await buy(at.north, PATIENT, { '2D': 'Jean' })

    // Sold at two counters, each with a till of its own.
    const north = await openTill(at.north, 10_000)
    let device = await enrolledCounter(suite, at.manager, { tms: at.south, userId: crew.southId }, company.stopIds[0])
    onTestFinished(() => device.remove())
    const south = await openTill(at.south, 5_000, device.deviceId)
    const counter = async (agent: Tms, seats: Record<string, string>): Promise<Booking> => {
      const held = await holdSeats(agent, { tripId }, COUNTER, seats)
      const { paymentIntentId } = held
      await agent.payment.confirmPaymentIntent({ paymentIntentId, method: PaymentMethod.CASH, idempotencyKey: id() })
      return confirmed(suite, agent, held)
    }
    const vip = await counter(at.north, { '1A': 'Diane' })
    const single = await counter(at.north, { '2C': 'Felix' })
    // The other counter has no network: it sells what it was lent, and tells of it later.
    await device.terminal.lease({ tripId, seatLabels: ['1C', '1D'] })
    device.network.cut()
    await device.terminal.openShift(francs(5_000), south.shiftId)
    const sold = [
      await device.terminal.sell({ tripId, seatLabel: '1C', passengerName: 'Olive' }),
      await device.terminal.sell({ tripId, seatLabel: '1D', passengerName: 'Paul' }),
    ]
    await device.terminal.expense('airtime', francs(1_500))
    await expect(device.terminal.flush()).rejects.toThrow('there is no network')
    expect(device.terminal.state).toMatchObject({ journalLength: 4, unsynced: 4 })
    expect(await holdSeats(guest, { tripId }, WEB, { '1C': 'Ines' }).catch(reasonOf)).toBe('SEAT_TAKEN')
    device.network.restore()
    await device.terminal.flush()
    expect(device.terminal.state).toMatchObject({ unsynced: 0, quarantined: 0, conflicts: [] })
    const { entries: told } = await at.manager.pointOfSale.listJournalEntries({ deviceId: device.deviceId })
    expect(told.map(({ result }) => result?.outcome)).toEqual([
      EntryOutcome.RECORDED,
      EntryOutcome.SOLD,
      EntryOutcome.SOLD,
      EntryOutcome.RECORDED,
    ])
    await suite.settle()

    // The morning: the bus is late. Everybody who has paid by phone is told once, with the new time; the timetable stays.
    const clockAt = (seconds: number) => {
      suite.clock.set(new Date(serviceInstant(serviceDate, seconds, 'Africa/Kigali')).toISOString())
    }
    clockAt(7.5 * 3_600)
    at = await crew.devices(suite, town)
    const late = { tripId, delayMinutes: 45, reason: 'road works' }
    const delayed = await at.manager.planning.reportDelay(late)
    expect(delayed).toMatchObject({ trip: { delayMinutes: 45 }, collisions: [] })
    await at.manager.planning.reportDelay(late)
    await suite.settle()
    const toldOfDelay = (phone: string) =>
      town.sandbox.messages(phone).filter(({ text }) => text.includes('08:45') && text.includes('road works')).length
    expect([WEB, ILL, HURRIED, PATIENT, COUNTER].map(toldOfDelay)).toEqual([1, 0, 1, 1, 2])
    const shown = await bookingOf(guest, family)
    expect(shown.delayMinutes).toBe(45)
    expect(timestampDate(shown.origin!.time!).getTime()).toBe(
      serviceInstant(serviceDate, 8 * 3_600, 'Africa/Kigali').getTime(),
    )

    // Ten past eight, and the bus is not there: who cannot wait has the money back, or rides on the next day.
    clockAt(8 * 3_600 + 600)
    at = await crew.devices(suite, town)
    expect(await givenBack(guest, hurried, HURRIED)).toBe(VIP)
    const ride = { tripId: nextTripId, fromSequence: 0, toSequence: 2, seatLabels: ['2D'] }
    const { bookingId } = patient
    const asked = await at.north.bookingChanges.quoteChange({ bookingId, ride })
    expect(asked.quote).toMatchObject({ fee: francs(0), amountDue: francs(0), refund: francs(0) })
    const changed = await at.north.bookingChanges.changeBooking({
      ...{ newBookingId: id(), bookingId, ride },
      ...{ expectedAmountDue: francs(0), expectedRefund: francs(0) },
    })
    expect(changed.booking).toMatchObject({ state: Booking_State.CONFIRMED, tripId: nextTripId })
    await suite.settle()

    // The bus breaks down; another one comes, in which one seat is somewhere else.
    const busId = await reliefBus(at.manager, 'RAE555S', '1A 1B 1C 1D 2A 2B 3A')
    const { plan } = await at.manager.dispatch.planBusSwap({ tripId, busId })
    expect(plan).toMatchObject({ keptCount: 5, unseated: [], moves: [{ passengerName: 'Felix', oldSeatLabel: '2C' }] })
    await at.manager.dispatch.swapBus({ swapId: id(), tripId, busId, reason: 'engine failure' })
    await suite.settle()
    // Everybody still on the trip is told by SMS, in Kinyarwanda as they asked, with the plate to look for.
    const toldOfBus = (phone: string) =>
      town.sandbox.messages(phone).filter(({ text }) => text.includes('yahindutse: RAE555S.')).length
    expect([WEB, HURRIED, PATIENT, COUNTER].map(toldOfBus)).toEqual([1, 0, 0, 2])
    const oldCode = codesOf(single)[0]!

    // Everybody boards with the ticket that counts, and the bus arrives.
    clockAt(8.5 * 3_600)
    at = await crew.devices(suite, town)
    await at.manager.timetable.changeTripState({ tripId, state: TripState.BOARDING })
    const board = (code: string) =>
      at.manager.ticketing.boardTicket({ scanId: id(), code, tripId, stopSequence: 0, deviceId: 'door' })
    for (const gone of [oldCode, codesOf(hurried)[0]!, codesOf(patient)[0]!]) {
      await expect(board(gone)).rejects.toMatchObject({ rawMessage: expect.any(String) as string })
    }
    const readers: readonly (readonly [Tms, Booking])[] = [
      [guest, family],
      [at.north, vip],
      [at.north, single],
    ]
    for (const [reader, booking] of readers) {
      for (const code of codesOf(await bookingOf(reader, booking))) await board(code)
    }
    for (const { code } of sold) await board(code)
    const { entries } = await at.manager.ticketing.listTripTickets({ tripId })
    expect(entries.map(({ seatLabel, ticket }) => [seatLabel, ticket?.state])).toEqual(
      ['1A', '1C', '1D', '2A', '2B', '3A'].map((label) => [label, Ticket_State.BOARDED]),
    )
    clockAt(8.75 * 3_600)
    for (const state of [TripState.DEPARTED, TripState.ARRIVED]) {
      await at.manager.timetable.changeTripState({ tripId, state })
    }
    await suite.settle()
    expect((await bookingOf(guest, hurried)).state).toBe(Booking_State.CANCELLED)

    // Cash-out: one till is right, in the other a hundred is missing. The device was off at night, and has all that it wrote.
    device = await device.restart(at.south)
    expect(device.terminal.state).toMatchObject({ shiftId: south.shiftId, journalLength: 4, unsynced: 0 })
    await device.terminal.closeShift(francs(15_400))
    const count = { 5000: 3, 100: 4 }
    const early = cashOut(at.south, at.accountant, south.shiftId, count, To.BANK, device.terminal.state.journalLength)
    expect(await early.catch(reasonOf)).toBe('SALES_NOT_SYNCED')
    await device.terminal.flush()
    expect(await device.terminal.verify()).toBeUndefined()
    const { journalLength } = device.terminal.state
    const northZ = await cashOut(at.north, at.accountant, north.shiftId, { 5000: 4 }, To.SAFE)
    const southZ = await cashOut(at.south, at.accountant, south.shiftId, count, To.BANK, journalLength)
    const cash = { north: VIP + STANDARD, south: 2 * VIP }
    expect(northZ).toMatchObject({ expected: francs(10_000 + cash.north), shift: { zNumber: 1 } })
    expect(northZ.shift?.cashCount?.overShort).toMatchObject(francs(0))
    expect(southZ).toMatchObject({ expected: francs(5_000 + cash.south - 1_500), shift: { zNumber: 1 } })
    expect(southZ.shift?.cashCount?.overShort).toMatchObject(francs(-100))

    // Settlement: the agent gets his commission on what stayed sold, in notes and by phone, the company what it is owed beyond the cash that it has.
    const earned = (cash.north + VIP + STANDARD) * 0.05
    const commission = earned - VIP * 0.05
    const web = { sold: 2 * STANDARD + VIP + VIP + STANDARD, refunded: 2 * VIP }
    const fees = feeOf(2 * STANDARD, VIP, VIP, STANDARD, VIP, STANDARD, VIP, VIP)
    const due = web.sold - web.refunded - fees - commission
    const holderId = crew.northId
    const agentPayee = { kind: Payee_Kind.AGENT, holderId, account: '+250788400400' }
    expect(await payOutAll(suite, at.manager, at.accountant, agentPayee)).toBe(BigInt(commission))
    const companyPayee = { kind: Payee_Kind.COMPANY, account: ikirezi.phones.manager }
    expect(await payOutAll(suite, at.manager, at.accountant, companyPayee)).toBe(BigInt(due))
    const days = { firstDate: addDays(serviceDate, -1), lastDate: serviceDate, currencyCode: 'RWF' }
    const { statement } = await at.manager.shifts.getAgencyStatement({ agentUserId: holderId, ...days })
    expect(statement).toMatchObject({
      ...{ saleCount: 2, sales: francs(cash.north), refunds: francs(0), overShort: francs(0) },
      ...{ cashlessSaleCount: 2, cashlessSales: francs(VIP + STANDARD) },
      ...{ commission: francs(earned), takenBack: francs(VIP * 0.05), paid: francs(commission), due: francs(0) },
    })

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
      PLATFORM_FEE: BigInt(-fees),
      // What the phones have paid and nobody was given is the platform's.
      PROVIDER_CLEARING: BigInt(fees),
    })
    // What the company was owed is what it has had: by phone, and in its own notes.
    expect(-(of['TENANT_PAYABLE'] ?? 0n)).toBe(BigInt(cash.north + cash.south))
    // The outside world has seen the same: what phones have paid, less what went back and out.
    const { charged, reversed } = town.sandbox.totals()['RWF']!
    expect([charged.amount, reversed.amount]).toEqual([web.sold, web.refunded])
  },
  {
    ...{ ...identity, now: new Date().toISOString(), outside: townWithGateway, timeoutMs: 180_000 },
    env: { PAYMENT_FEE_BASIS_POINTS: String(FEE_BASIS_POINTS) },
    placements: ['memory'],
  },
)
