import { expect } from 'vitest'
import { placements } from '#kit/testing'
import { SeatClass } from '#gen/tms/company/v1/layout_pb.ts'
import { AgeGroup, PriceRule_Kind as Kind, Residency, SalesChannel } from '#gen/tms/company/v1/sales_terms_pb.ts'
import { BookingChangeService } from '#gen/tms/ticketing/v1/booking_change_service_pb.ts'
import { Booking_State as State } from '#gen/tms/ticketing/v1/booking_pb.ts'
import {
  EntryOutcome as Outcome,
  type LeasedTicket,
  QuarantineReason as Reason,
  type SeatLease,
} from '#gen/tms/ticketing/v1/point_of_sale_pb.ts'
import { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import payment from '../payment/service.ts'
import qr from '../qr/service.ts'
import ticketing from './service.ts'
import { type Counter, enrolledDevice, leased, manager, type TestDevice } from './testing/counter.ts'
import { coachSeats, newCompany, newId, putOnSale, tripOf } from './testing/network.ts'
import { held, holdOf, passenger, staff } from './testing/people.ts'
import { addsUp, percent, rule, rwf, setTerms } from './testing/terms.ts'

const suiteOf = [ticketing, payment, qr]
const oneAtATime = { placements: ['memory'] as const, timeoutMs: 90_000 }

const seatOf = ({ seats }: SeatLease, label: string) => seats.find(({ seatLabel }) => seatLabel === label)!
const priceTo = (lease: SeatLease, label: string, to = 3) =>
  Number(seatOf(lease, label).tickets.find(({ toSequence }) => toSequence === to)?.price?.units)
const childPrice = ({ otherPrices }: LeasedTicket) =>
  otherPrices.find((one) => one.ageGroup === AgeGroup.CHILD && one.residency === Residency.UNSPECIFIED)?.price

/** Sends what a device wrote last; what became of it, and why it waits. */
async function send(device: TestDevice, counter: Counter, office: Counter, entries: number) {
  const answer = await counter.syncSales({
    deviceId: device.deviceId,
    entries: device.journal.slice(-entries),
  })
  const { quarantines } = answer.quarantineId ? await office.listQuarantines({}) : { quarantines: [] }
  const reasons = quarantines.find(({ quarantineId }) => quarantineId === answer.quarantineId)?.reasons ?? []
  return { ...answer, outcomes: answer.results.map(({ outcome }) => outcome), reasons }
}

placements(
  'a lease names what the company’s rules give at a counter for each class, stop, day and traveller; what is sold by it stands with its breakdown',
  suiteOf,
  async (suite) => {
    const company = newCompany()
    const { tenantId } = company
    const [friday, saturday] = await putOnSale(suite, tripOf(company), tripOf(company, { serviceDate: '2026-11-21' }))
    await setTerms(suite, tenantId, 1n, {
      priceRules: [
        rule('friday', percent(1_050), { weekdays: [5] }),
        rule('best', { case: 'amount', value: rwf(500) }, { seatClasses: [SeatClass.VIP] }),
        rule('online', percent(-9_000), { channels: [SalesChannel.WEB] }),
        rule('counter', { case: 'amount', value: rwf(-200) }, { channels: [SalesChannel.COUNTER] }),
        rule('child', percent(-5_000), { ageGroups: [AgeGroup.CHILD] }),
        rule('senior', { case: 'fixedPrice', value: rwf(0) }, { ageGroups: [AgeGroup.SENIOR] }),
        rule('service', { case: 'amount', value: rwf(30) }, { kind: Kind.FEE, ageGroups: [AgeGroup.ADULT] }),
      ],
      priceStep: rwf(50),
      changeBands: [{ hoursBefore: 0, feeBasisPoints: 1_000 }],
      openTicketDays: 10,
    })
    const { device, counter, office } = await enrolledDevice(suite, company)
    const lease = await leased(counter, device, friday!, ['3A', '3B', '3C', '3D', '1A'])
    // 3,000 + 10.5 % - 200 = 3,115, to the step 3,100, and the fee; to the first stop 905, to the step 900.
    expect([priceTo(lease, '3A'), priceTo(lease, '3A', 1), priceTo(lease, '1A')]).toEqual([3_130, 930, 5_280])
    const other = await leased(counter, device, saturday!, ['3A'])
    expect(priceTo(other, '3A')).toBe(2_830)
    // The same price as a clerk with a network is asked, for each who travels.
    const clerk = staff(tenantId)
    const desk = suite.client(TicketingService, {
      ...clerk,
      permissions: [...(clerk.permissions ?? []), 'ticketing.sales.create'],
    })
    const hold = holdOf(friday!, '4A')
    const child = { ...hold, passengers: hold.passengers.map((one) => ({ ...one, ageGroup: AgeGroup.CHILD })) }
    const [ticket] = seatOf(lease, '3B').tickets.filter(({ toSequence }) => toSequence === 3)
    expect(childPrice(ticket!)).toEqual((await held(desk, child)).total)

    const adultId = device.sell(lease, seatOf(lease, '3A'))
    const childId = device.sell(lease, seatOf(lease, '3B'), {
      ageGroup: AgeGroup.CHILD,
      price: childPrice(ticket!)!,
    })
    const freeId = device.sell(lease, seatOf(lease, '3C'), { ageGroup: AgeGroup.SENIOR, price: rwf(0) })
    expect((await send(device, counter, office, 3)).outcomes).toEqual([Outcome.SOLD, Outcome.SOLD, Outcome.SOLD])
    const owner = suite.client(TicketingService, manager(tenantId))
    for (const [bookingId, ageGroup, lines] of [
      [adultId, AgeGroup.ADULT, 5],
      [childId, AgeGroup.CHILD, 5],
      [freeId, AgeGroup.SENIOR, 4],
    ] as const) {
      const { booking } = await owner.getBooking({ bookingId })
      expect(booking).toMatchObject({ state: State.CONFIRMED, salesChannel: SalesChannel.COUNTER })
      expect(booking!.passengers).toMatchObject([{ ageGroup }])
      expect(booking!.passengers[0]!.priceLines).toHaveLength(lines)
      expect(addsUp(booking!)).toBe(true)
    }
    // It is changed by the terms that it was sold under, as any booking.
    const changes = suite.client(BookingChangeService, clerk)
    expect(await changes.quoteOpening({ bookingId: adultId })).toMatchObject({ value: rwf(2_817), fee: rwf(313) })
    await suite.settle()
    await suite.advance({ seconds: 10 })
    const [waiting] = await suite.sql('ticketing')<{ count: number }[]>`
      select count(*)::int from pos_posting where post_time is null`
    expect(waiting?.count).toBe(0)

    // Who says that an adult is no child, and takes a child's price, has another price than the lease's.
    device.sell(lease, seatOf(lease, '3D'), { price: childPrice(ticket!)! })
    const doubtful = await send(device, counter, office, 1)
    expect([doubtful.outcomes, doubtful.reasons]).toEqual([[Outcome.QUARANTINED], [Reason.PRICE_DIFFERS]])
  },
  oneAtATime,
)

placements(
  'a leased price holds until the lease ends, whatever the terms become; renewed it is the new one, and what was sold before stands',
  suiteOf,
  async (suite) => {
    const company = newCompany()
    const [tripId] = await putOnSale(suite, tripOf(company, { serviceDate: '2026-11-21' }))
    const { device, counter, office } = await enrolledDevice(suite, company)
    const lease = await leased(counter, device, tripId!, ['3A', '3B', '3C', '3D', '4A', '4B'])
    await setTerms(suite, company.tenantId, 1n, { priceRules: [rule('feast', percent(10_000))] })
    device.sell(lease, seatOf(lease, '3A'))
    expect((await send(device, counter, office, 1)).outcomes).toEqual([Outcome.SOLD])

    // Renewed ten minutes before its end; the answer is lost, so that the device sells on at the price that it knows.
    suite.clock.advance({ minutes: 230 })
    await counter.renewLeases({ deviceId: device.deviceId })
    const { leases } = await counter.renewLeases({ deviceId: device.deviceId, leaseIds: [lease.leaseId] })
    expect(leases[0]!.seats.map(({ seatLabel }) => seatLabel)).toEqual(['3B', '3C', '3D', '4A', '4B'])
    expect(seatOf(leases[0]!, '3B').tickets.every(({ code }) => code === '')).toBe(true)
    expect(priceTo(leases[0]!, '3B')).toBe(6_000)
    const listed = (await counter.listLeases({ deviceId: device.deviceId })).leases[0]!
    expect([priceTo(listed, '3B'), priceTo(listed, '3B', 1)]).toEqual([6_000, 2_000])
    device.sell(lease, seatOf(lease, '3B'))
    suite.clock.advance({ minutes: 11 })
    const dear = device.sell(lease, seatOf(lease, '3C'), { price: rwf(6_000) })
    // A seat that was never lent is sold at what the terms say now.
    const stray = { ...seatOf(lease, '3D'), seatLabel: '5A' }
    device.sell({ ...lease, leaseId: newId() }, stray, { price: rwf(6_000) })
    expect((await send(device, counter, office, 3)).outcomes).toEqual([
      Outcome.SOLD,
      Outcome.SOLD,
      Outcome.ACCEPTED_LATE,
    ])
    const owner = suite.client(TicketingService, manager(company.tenantId))
    const { booking } = await owner.getBooking({ bookingId: dear })
    expect(booking!.passengers[0]!.priceLines.map(({ code }) => code)).toEqual(['', 'feast'])

    // Offline past the end of what was promised, and sold by it all the same.
    const old = device.sell(lease, seatOf(lease, '4A'))
    const late = await send(device, counter, office, 1)
    expect([late.outcomes, late.reasons]).toEqual([[Outcome.QUARANTINED], [Reason.PRICE_DIFFERS]])
    const decision = { quarantineId: late.quarantineId, release: true, note: 'the agent could not know' }
    const { results } = await office.decideQuarantine({ ...decision, idempotencyKey: newId() })
    expect(results.map(({ outcome }) => outcome)).toEqual([Outcome.SOLD])
    const { booking: kept } = await owner.getBooking({ bookingId: old })
    expect(kept).toMatchObject({ total: rwf(3_000), passengers: [{ priceLines: [] }] })

    // The whole lease is over: what was sold after that has its last price.
    await suite.advance({ hours: 5 })
    device.sell(lease, seatOf(lease, '4B'), { price: rwf(6_000) })
    expect((await send(device, counter, office, 1)).outcomes).toEqual([Outcome.ACCEPTED_LATE])
  },
  oneAtATime,
)

placements(
  'seats that are lent are offered at levels as if they were sold one after another, and leave theirs to dearer levels, however many ask at once',
  suiteOf,
  async (suite) => {
    const company = newCompany()
    const seats = coachSeats().slice(4, 14)
    const [tripId] = await putOnSale(suite, tripOf(company, { seats }))
    await setTerms(suite, company.tenantId, 1n, {
      protectionLevels: [
        { levelCode: 'saver', name: 'Saver', discountBasisPoints: 1_000, protectedPercent: 30 },
        { levelCode: 'early', name: 'Early', discountBasisPoints: 2_000, protectedPercent: 70 },
      ],
    })
    const { device, counter, office } = await enrolledDevice(suite, company)
    const lease = await leased(counter, device, tripId!, 5)
    expect(lease.seats.map(({ seatLabel }) => priceTo(lease, seatLabel))).toEqual([2_400, 2_400, 2_400, 2_700, 2_700])
    const web = suite.client(TicketingService, passenger())
    const ride = { tripId: tripId!, fromSequence: 0, toSequence: 3 }
    const free = seats.map(({ label }) => label).find((label) => !lease.seats.some((one) => one.seatLabel === label))!
    expect((await web.quoteFare({ ...ride, seatLabels: [free] })).total).toMatchObject(rwf(2_700))
    // A level counts as any price of a lease: it is taken whole, or doubted.
    device.sell(lease, lease.seats[0]!)
    expect((await send(device, counter, office, 1)).outcomes).toEqual([Outcome.SOLD])
    // Given back and renewed: the seats that it keeps are priced by what is taken now.
    const back = lease.seats.slice(1, 4).map(({ seatLabel }) => seatLabel)
    await counter.returnSeats({ leaseId: lease.leaseId, seatLabels: back })
    const { leases } = await counter.renewLeases({ deviceId: device.deviceId })
    expect(leases[0]!.seats.map(({ seatLabel }) => priceTo(leases[0]!, seatLabel))).toEqual([2_400])

    // Two more devices and passengers online, all at once, for the eight seats that are left.
    const devices = [await enrolledDevice(suite, company), await enrolledDevice(suite, company)]
    const lending = devices.map(async (one) => leased(one.counter, one.device, tripId!, 3))
    const buying = [0, 1].map(() =>
      web.holdSeats(holdOf(tripId!, free)).then(
        ({ booking }) => Number(booking!.total!.units),
        () => undefined,
      ),
    )
    const taken = await Promise.all(lending)
    const bought = (await Promise.all(buying)).filter((price) => price !== undefined)
    const prices = [
      2_400,
      2_400,
      ...bought,
      ...taken.flatMap((one) => one.seats.map(({ seatLabel }) => priceTo(one, seatLabel))),
    ]
    expect(prices.filter((price) => price === 2_400).length).toBeLessThanOrEqual(3)
    expect(prices.filter((price) => price < 3_000).length).toBeLessThanOrEqual(7)
    expect(taken.map((one) => one.seats.length)).toEqual([3, 3])
  },
  oneAtATime,
)
