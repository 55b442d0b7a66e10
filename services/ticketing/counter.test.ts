import { expect } from 'vitest'
import { placements } from '#kit/testing'
import { AccountKind } from '#gen/tms/payment/v1/ledger_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import { Booking_State as State } from '#gen/tms/ticketing/v1/booking_pb.ts'
import { EntryOutcome as Outcome, PosDevice_State } from '#gen/tms/ticketing/v1/point_of_sale_pb.ts'
import { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import payment from '../payment/service.ts'
import qr from '../qr/service.ts'
import ticketing from './service.ts'
import { agent, enrolledDevice, leased, manager } from './testing/counter.ts'
import { newCompany, putOnSale, tripOf } from './testing/network.ts'
import { held, holdOf, passenger, refusal } from './testing/people.ts'

const suiteOf = [ticketing, payment, qr]

placements(
  'a counter sells seats that it was lent: booked, scannable, in the books to the franc, in one batch [S2-96][S1-73]',
  suiteOf,
  async (suite) => {
    const company = newCompany()
    const [tripId] = await putOnSale(suite, tripOf(company))
    const { device, counter, office } = await enrolledDevice(suite, company)
    const lease = await leased(counter, device, tripId!, ['3A', '3B', '1A'])
    expect(lease.seats.map((seat) => seat.seatLabel)).toEqual(['3A', '3B', '1A'])

    // Nobody else can have them.
    const desk = suite.client(TicketingService, passenger())
    expect(await refusal(held(desk, holdOf(tripId!, '3B')))).toBe('SEAT_TAKEN')

    device.write({ case: 'shiftOpen', value: { float: { currencyCode: 'RWF', units: 20_000n } } })
    const [first, second, vip] = lease.seats
    const whole = device.sell(lease, first!)
    const part = device.sell(lease, second!, { toSequence: 1 })
    const best = device.sell(lease, vip!)
    const { results, journalSequence } = await counter.syncSales({ deviceId: device.deviceId, entries: device.journal })
    expect(results.map(({ outcome }) => outcome)).toEqual([Outcome.RECORDED, Outcome.SOLD, Outcome.SOLD, Outcome.SOLD])
    expect(journalSequence).toBe(4n)
    await suite.settle()

    const owner = suite.client(TicketingService, manager(company.tenantId))
    const { booking } = await owner.getBooking({ bookingId: part })
    expect(booking).toMatchObject({
      state: State.CONFIRMED,
      total: { units: 1_000n },
      passengers: [{ seatLabel: '3B', name: 'Passenger of 3B' }],
    })
    // What was lent beyond the ride that was sold is free for everybody.
    await held(desk, holdOf(tripId!, '3B', [1, 3]))

    const door = suite.client(TicketingService, agent(company.tenantId))
    const { code } = first!.tickets.find(({ toSequence }) => toSequence === 3)!
    const { entry } = await door.boardTicket({ scanId: whole, code, tripId: tripId!, stopSequence: 0 })
    expect(entry).toMatchObject({ passengerName: 'Passenger of 3A', seatLabel: '3A' })

    const books = suite.client(PaymentService, manager(company.tenantId))
    const { lines } = await books.getTrialBalance({})
    const cash = lines.find(({ account }) => account?.kind === AccountKind.CASH)
    expect(cash?.debitTotal?.units).toBe(3_000n + 1_000n + 4_500n)
    const { entries } = await office.listJournalEntries({ shiftId: device.shiftId })
    expect(entries.map(({ cash: drawer }) => drawer?.units)).toEqual([0n, 3_000n, 1_000n, 4_500n])
    expect(entries.at(-1)?.saleId).toBe(best)

    const { device: seen } = await counter.getPosDevice({ deviceId: device.deviceId })
    expect(seen).toMatchObject({ state: PosDevice_State.ACTIVE, journalSequence: 4n, quarantineId: '' })
  },
)
