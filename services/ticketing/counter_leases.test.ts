import { expect } from 'vitest'
import { placements } from '#kit/testing'
import { TripCancelledSchema } from '#gen/tms/company/v1/events_pb.ts'
import { SeatClass } from '#gen/tms/company/v1/layout_pb.ts'
import { Booking_State as State } from '#gen/tms/ticketing/v1/booking_pb.ts'
import { CounterSaleConflictedSchema, TicketVoidedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import { EntryOutcome as Outcome, PosDevice_State, SeatLease_State } from '#gen/tms/ticketing/v1/point_of_sale_pb.ts'
import { PointOfSaleService } from '#gen/tms/ticketing/v1/point_of_sale_service_pb.ts'
import { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import payment from '../payment/service.ts'
import qr from '../qr/service.ts'
import ticketing from './service.ts'
import { agent, enrolledDevice, leased, manager, TestDevice } from './testing/counter.ts'
import { doubleSales } from './testing/faults.ts'
import { newCompany, newId, putOnSale, tripOf } from './testing/network.ts'
import { bought, held, holdOf, passenger, pay, refusal } from './testing/people.ts'

const suiteOf = [ticketing, payment, qr]
const oneAtATime = { placements: ['memory'] as const, timeoutMs: 60_000 }

placements(
  'a device is enrolled once, by a code that runs out, and sells for its own station and its own agents',
  suiteOf,
  async (suite) => {
    const company = newCompany()
    const rival = newCompany()
    const [tripId] = await putOnSale(suite, tripOf(company), tripOf(rival))
    const office = suite.client(PointOfSaleService, manager(company.tenantId))
    const who = agent(company.tenantId)
    const counter = suite.client(PointOfSaleService, who)
    const make = (name: string, stationStopId: string, agentUserIds: string[] = []) => ({
      ...{ deviceId: newId(), name, stationStopId, agentUserIds },
    })
    const request = make('Counter 1', company.stops[0]!.stopId)
    const { enrolmentCode, device: invited } = await office.createPosDevice(request)
    expect(invited?.state).toBe(PosDevice_State.INVITED)
    expect(enrolmentCode).toMatch(/^(\w{4}-){2}\w{4}$/)
    expect(await refusal(office.createPosDevice(make('Nowhere', newId())))).toBe('STATION_UNKNOWN')
    expect(await refusal(office.createPosDevice({ ...request, name: 'Another' }))).toBe('IDEMPOTENCY_KEY_REUSED')

    const device = new TestDevice(request.deviceId, who.userId!, () => suite.clock.now())
    const enrolment = { enrolmentCode, publicKey: device.publicKey, proof: device.proofFor(enrolmentCode) }
    const stranger = new TestDevice(request.deviceId, who.userId!, () => suite.clock.now())
    expect(await refusal(counter.enrolPosDevice({ ...enrolment, publicKey: stranger.publicKey }))).toBe(
      'ENROLMENT_REFUSED',
    )
    const theirs = suite.client(PointOfSaleService, agent(rival.tenantId))
    expect(await refusal(theirs.enrolPosDevice(enrolment))).toBe('ENROLMENT_REFUSED')
    // Before it has a key nothing of it can be believed, and nothing is lent to it.
    expect(await refusal(leased(counter, device, tripId!, 1))).toBe('DEVICE_NOT_ACTIVE')
    device.write({ case: 'shiftOpen', value: { float: { currencyCode: 'RWF' } } })
    const early = counter.syncSales({ deviceId: device.deviceId, entries: device.journal })
    expect(await refusal(early)).toBe('DEVICE_NOT_ENROLLED')
    await counter.enrolPosDevice({ ...enrolment, enrolmentCode: enrolmentCode.toLowerCase() })
    const again = { ...enrolment, publicKey: stranger.publicKey, proof: stranger.proofFor(enrolmentCode) }
    expect(await refusal(counter.enrolPosDevice(again))).toBe('ENROLMENT_REFUSED')

    const { enrolmentCode: old } = await office.createPosDevice(make('Counter 2', company.stops[0]!.stopId))
    suite.clock.advance({ minutes: 16 })
    const late = { enrolmentCode: old, publicKey: stranger.publicKey, proof: stranger.proofFor(old) }
    expect(await refusal(counter.enrolPosDevice(late))).toBe('ENROLMENT_REFUSED')

    // An agent of another station, and one who is not named for the device.
    const elsewhere = suite.client(PointOfSaleService, {
      ...who,
      userId: newId(),
      permissions: ['ticketing.pos.operate'],
      conditions: { 'ticketing.sales.create': { stations: company.stops[1]!.stopId } },
    })
    expect(await refusal(leased(elsewhere, device, tripId!, 1))).toBe('STATION_FORBIDDEN')
    const here = suite.client(PointOfSaleService, {
      ...who,
      userId: newId(),
      permissions: ['ticketing.pos.operate'],
      conditions: { 'ticketing.sales.create': { stations: company.stops[0]!.stopId } },
    })
    expect((await leased(here, device, tripId!, 1)).seats).toHaveLength(1)
    const { device: own } = await enrolledDevice(suite, company, { name: 'Counter 3' })
    const named = make('Counter 4', company.stops[0]!.stopId, [newId()])
    await office.createPosDevice(named)
    expect(await refusal(counter.listLeases({ deviceId: named.deviceId }))).toBe('STATION_FORBIDDEN')
    expect(await refusal(theirs.getPosDevice({ deviceId: own.deviceId }))).toBe('DEVICE_UNKNOWN')
    const first = await office.listPosDevices({ pageSize: 2 })
    const rest = await office.listPosDevices({ pageSize: 2, pageToken: first.nextPageToken })
    expect([...first.devices, ...rest.devices].map(({ name }) => name)).toEqual([
      'Counter 4',
      'Counter 3',
      'Counter 2',
      'Counter 1',
    ])
  },
  oneAtATime,
)

placements(
  'a lease takes seats out of the shared stock: bounded, renewed, given back with its tickets void, and over in time',
  suiteOf,
  async (suite) => {
    const company = newCompany()
    const [tripId, direct] = await putOnSale(suite, tripOf(company), tripOf(company))
    const { device, counter } = await enrolledDevice(suite, company)
    const desk = suite.client(TicketingService, passenger())
    const lease = await leased(counter, device, tripId!, 3)
    expect(lease.seats.map(({ seatLabel }) => seatLabel)).toEqual(['11C', '11D', '12A'])
    expect(lease.seats[0]!.tickets.map(({ toSequence, price }) => [toSequence, price?.units])).toEqual([
      [1, 1_000n],
      [2, 2_000n],
      [3, 3_000n],
    ])
    expect(await refusal(leased(counter, device, tripId!, 18))).toBe('LEASE_LIMIT')
    await held(desk, holdOf(tripId!, '4A'))
    expect(await refusal(leased(counter, device, tripId!, ['4A']))).toBe('SEAT_TAKEN')
    expect(await refusal(leased(counter, device, newId(), 1))).toBe('TRIP_UNKNOWN')
    const { device: last, counter: terminus } = await enrolledDevice(suite, company, {
      stationStopId: company.stops[3]!.stopId,
    })
    expect(await refusal(leased(terminus, last, tripId!, 1))).toBe('STATION_NOT_SERVED')
    const muhanga = await enrolledDevice(suite, company, { stationStopId: company.stops[1]!.stopId })
    const onward = await leased(muhanga.counter, muhanga.device, direct!, ['5A'])
    expect(onward.origin?.stopName).toBe('Muhanga')
    // The legs before the station are still everybody's.
    await held(desk, holdOf(direct!, '5A', [0, 1]))

    const sold = device.sell(lease, lease.seats[0]!)
    await counter.syncSales({ deviceId: device.deviceId, entries: device.journal })
    const { leases } = await counter.listLeases({ deviceId: device.deviceId })
    expect(leases.map(({ seats }) => seats.map(({ seatLabel }) => seatLabel))).toEqual([['11D', '12A']])
    const { lease: rest } = await counter.returnSeats({ leaseId: lease.leaseId, seatLabels: ['11d'] })
    expect(rest?.seats.map(({ seatLabel }) => seatLabel)).toEqual(['12A'])
    await held(desk, holdOf(tripId!, '11D'))
    expect(await suite.published(TicketVoidedSchema)).toHaveLength(3)

    suite.clock.advance({ minutes: 60 })
    const { leases: renewed } = await counter.renewLeases({ deviceId: device.deviceId, leaseIds: [lease.leaseId] })
    expect(renewed[0]!.expireTime!.seconds - lease.expireTime!.seconds).toBe(3_600n)
    await suite.advance({ hours: 5 })
    const { leases: over } = await counter.listLeases({ deviceId: device.deviceId })
    expect(over).toEqual([])
    const { lease: ended } = await counter.returnSeats({ leaseId: lease.leaseId, seatLabels: [] })
    expect(ended?.state).toBe(SeatLease_State.EXPIRED)
    const owner = suite.client(TicketingService, manager(company.tenantId))
    expect((await owner.getBooking({ bookingId: sold })).booking?.state).toBe(State.CONFIRMED)
  },
  oneAtATime,
)

placements(
  'a sale of a lease that ended while the device was offline is accepted late, re-seated, or queued for refund, told each time [S1-74]',
  suiteOf,
  async (suite) => {
    const company = newCompany()
    const seats = ['1A', '3A', '3B'].map((label, i) => ({
      label,
      seatClass: i === 0 ? SeatClass.VIP : SeatClass.STANDARD,
      deck: 0,
      row: i,
      column: 0,
    }))
    const late = { serviceDate: '2026-11-21', seats }
    const [tripId, cancelled] = await putOnSale(suite, tripOf(company, late), tripOf(company, late))
    const { device, counter } = await enrolledDevice(suite, company)
    const lease = await leased(counter, device, tripId!, ['1A', '3A', '3B'])
    const other = await leased(counter, device, cancelled!, ['3A'])
    // Made in time and sent within the grace; made in time and sent too late, three times.
    suite.clock.advance({ minutes: 239 })
    const [vip, standard, third] = lease.seats
    const inTime = device.sell(lease, third!)
    const whenSold = suite.clock.now()
    suite.clock.advance({ minutes: 20 })
    const first = await counter.syncSales({ deviceId: device.deviceId, entries: device.journal })
    expect(first.results[0]).toMatchObject({ outcome: Outcome.SOLD, bookingId: inTime })

    device.sell(lease, standard!, {}, { time: whenSold })
    device.sell(lease, vip!, { phone: '+250788123456' }, { time: whenSold })
    device.sell(other, other.seats[0]!, {}, { time: whenSold })
    await suite.advance({ minutes: 30 })
    const online = await bought(suite, passenger(), holdOf(tripId!, '1A'))
    expect(online.state).toBe(State.CONFIRMED)
    await suite.publish(TripCancelledSchema, cancelled!, {
      tenantId: company.tenantId,
      tripId: cancelled!,
      revision: 2n,
      reason: 'landslide',
    })
    await suite.settle()
    const { results } = await counter.syncSales({ deviceId: device.deviceId, entries: device.journal })
    expect(results.map(({ outcome, seatLabel }) => [outcome, seatLabel])).toEqual([
      [Outcome.SOLD, '3B'],
      [Outcome.ACCEPTED_LATE, '3A'],
      // The one VIP seat is somebody else's.
      [Outcome.REFUND_QUEUED, ''],
      [Outcome.REFUND_QUEUED, ''],
    ])
    await suite.settle()
    expect(await suite.published(CounterSaleConflictedSchema)).toHaveLength(2)

    // The agent pays the passenger back: once, and never more than was paid.
    const saleId = results[2]!.bookingId
    const refund = (units: bigint) =>
      device.write({
        case: 'refund',
        value: { refundId: newId(), saleId, amount: { currencyCode: 'RWF', units }, reason: 'no seat' },
      })
    refund(9_000n)
    refund(4_500n)
    refund(4_500n)
    const { results: paid } = await counter.syncSales({ deviceId: device.deviceId, entries: device.journal.slice(-3) })
    expect(paid.map(({ outcome }) => outcome)).toEqual([Outcome.REFUSED, Outcome.RECORDED, Outcome.REFUSED])
    await suite.settle()
    await suite.advance({ seconds: 10 })
    const books = suite.sql('payment')
    const [suspense] = await books<{ minor: string }[]>`
      select coalesce(sum(case when credit_kind = 'SUSPENSE' then amount_minor else -amount_minor end), 0) as minor
      from journal_transfer where 'SUSPENSE' in (credit_kind, debit_kind)`
    // What the passenger of the cancelled trip has not been paid back yet.
    expect(suspense?.minor).toBe('3000')
    const [cash] = await books<{ minor: string }[]>`
      select sum(case when debit_kind = 'CASH' then amount_minor else -amount_minor end) as minor
      from journal_transfer where 'CASH' in (credit_kind, debit_kind)`
    const [drawer] = await suite.sql('ticketing')<{ minor: string }[]>`select sum(cash_minor) as minor from pos_entry`
    expect(BigInt(cash!.minor) - 4_500n).toBe(BigInt(drawer!.minor))
    expect(await doubleSales(suite.sql('ticketing'))).toBe(0)
  },
  oneAtATime,
)

placements(
  'the leases of a revoked device end at once, and what it still sends waits for a manager',
  suiteOf,
  async (suite) => {
    const company = newCompany()
    const [tripId] = await putOnSale(suite, tripOf(company))
    const { device, counter, office } = await enrolledDevice(suite, company)
    const lease = await leased(counter, device, tripId!, ['3A', '3B'])
    device.sell(lease, lease.seats[0]!)
    device.sell(lease, lease.seats[1]!)
    const { device: revoked } = await office.revokePosDevice({ deviceId: device.deviceId, reason: 'lost' })
    expect(revoked?.state).toBe(PosDevice_State.REVOKED)
    await suite.settle()
    const desk = suite.client(TicketingService, passenger())
    const booking = await held(desk, holdOf(tripId!, '3B'))
    await pay(suite, booking)
    expect(await refusal(leased(counter, device, tripId!, 1))).toBe('DEVICE_NOT_ACTIVE')

    const sent = { deviceId: device.deviceId, entries: device.journal }
    const { results, quarantineId } = await counter.syncSales(sent)
    expect(results.map(({ outcome }) => outcome)).toEqual([Outcome.QUARANTINED, Outcome.QUARANTINED])
    const decision = { quarantineId, release: true, note: 'sold before it was lost' }
    const decided = await office.decideQuarantine({ ...decision, idempotencyKey: newId() })
    // The tickets that it gave out are void: each passenger gets another one.
    expect(decided.results.map(({ outcome }) => outcome)).toEqual([Outcome.ACCEPTED_LATE, Outcome.RESEATED])
    expect(decided.results.every(({ newTicketCode }) => newTicketCode.startsWith('TMS1:'))).toBe(true)
    const { results: known } = await counter.syncSales(sent)
    expect(known).toEqual(decided.results)
    expect(await doubleSales(suite.sql('ticketing'))).toBe(0)
  },
  oneAtATime,
)
