import { expect } from 'vitest'
import { placements, type Suite } from '#kit/testing'
import { Booking_State as State } from '#gen/tms/ticketing/v1/booking_pb.ts'
import {
  BookingCancelledSchema,
  CounterSaleConflictedSchema,
  TicketIssuedSchema,
  TicketVoidedSchema,
} from '#gen/tms/ticketing/v1/events_pb.ts'
import { EntryOutcome as Outcome, type SeatLease } from '#gen/tms/ticketing/v1/point_of_sale_pb.ts'
import { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import payment from '../payment/service.ts'
import qr from '../qr/service.ts'
import ticketing from './service.ts'
import { agent, enrolledDevice, leased } from './testing/counter.ts'
import { doubleSales } from './testing/faults.ts'
import { coachSeats, type Company, newCompany, newId, putOnSale, tripOf } from './testing/network.ts'
import { bought, held, holdOf, passenger, refusal } from './testing/people.ts'

const suiteOf = [ticketing, payment, qr]
const oneAtATime = { placements: ['memory'] as const, timeoutMs: 90_000 }

const seatOf = ({ seats }: SeatLease, label: string) => seats.find(({ seatLabel }) => seatLabel === label)!
const codeOf = (lease: SeatLease, label: string) => seatOf(lease, label).tickets.at(-1)!.code
const labelsOf = ({ seats }: SeatLease) => seats.map(({ seatLabel }) => seatLabel)

/** The trip with other seats, as company tells it. */
async function seatsBecome(
  suite: Suite,
  company: Company,
  tripId: string,
  labels: string,
  revision: bigint,
  busPlate: string,
) {
  const seats = coachSeats().filter(({ label }) => labels.split(' ').includes(label))
  await putOnSale(suite, tripOf(company, { tripId, seats, busPlate, revision }))
}

placements(
  'another bus takes back what counters were lent and it has not, or somebody needs; what they have sold of it is seated anew or paid back, and told',
  suiteOf,
  async (suite) => {
    const company = newCompany()
    const [tripId = ''] = await putOnSale(suite, tripOf(company))
    const { device, counter, office } = await enrolledDevice(suite, company)
    const lease = await leased(counter, device, tripId, ['1A', '3A', '3B', '8A', '8B', '8C'])
    const rider = passenger()
    const moving = await bought(suite, rider, holdOf(tripId, '10A'))
    // Without a network: one seat that stays, three of row eight, which the relief bus has not.
    device.sell(lease, seatOf(lease, '3B'))
    for (const label of ['8A', '8B', '8C']) device.sell(lease, seatOf(lease, label), { phone: '+250788123456' })
    await seatsBecome(suite, company, tripId, '1A 3A 3B 4A 4B', 2n, 'RAD777Z')

    const mine = suite.client(TicketingService, rider)
    const { booking } = await mine.getBooking({ bookingId: moving.bookingId })
    expect(booking?.state).toBe(State.CONFIRMED)
    const seat = booking!.passengers[0]!.seatLabel
    // The device keeps what the bus has and nobody needs.
    const { leases } = await counter.renewLeases({ deviceId: device.deviceId })
    expect(labelsOf(leases[0]!)).toEqual(['1A', '3A', '3B'].filter((label) => label !== seat))
    expect(labelsOf(leases[0]!)).toContain('3B')
    const voided = (await suite.published(TicketVoidedSchema)).filter(({ reason }) => reason === 'not_sold')
    expect(voided).toHaveLength(3 * (3 + (seat === '3A' ? 1 : 0)))
    // Everybody else may buy what is free: one seat is left, and one more for the counter's passengers.
    const free = ['3A', '4A', '4B'].filter((label) => label !== seat && !labelsOf(leases[0]!).includes(label))
    await held(suite.client(TicketingService, passenger()), holdOf(tripId, free[0]!))

    const { results } = await counter.syncSales({ deviceId: device.deviceId, entries: device.journal })
    expect(results.map(({ outcome }) => outcome)).toEqual([
      Outcome.SOLD,
      ...free.slice(1).map(() => Outcome.RESEATED),
      ...Array.from({ length: 4 - free.length }, () => Outcome.REFUND_QUEUED),
    ])
    expect(results.some(({ outcome }) => outcome === Outcome.RESEATED)).toBe(true)
    expect(results.some(({ outcome }) => outcome === Outcome.REFUND_QUEUED)).toBe(true)
    await suite.settle()
    // The office sees whom somebody must talk to, and passengers with a phone hear of it.
    const doubtful = await office.listJournalEntries({ outcomes: [Outcome.RESEATED, Outcome.REFUND_QUEUED] })
    expect(doubtful.entries.map(({ saleId }) => saleId)).toEqual(results.slice(1).map(({ bookingId }) => bookingId))
    expect(await suite.published(CounterSaleConflictedSchema)).toHaveLength(3)
    const again = (await suite.published(TicketIssuedSchema)).filter(({ reseated }) => reseated)
    expect(again).toHaveLength(free.length - 1)
    expect(await suite.published(BookingCancelledSchema)).toHaveLength(4 - free.length)

    // At the door: the ticket that was printed, the one that was printed anew, and not the one that it replaces.
    const door = suite.client(TicketingService, agent(company.tenantId))
    const board = (code: string) => door.boardTicket({ scanId: newId(), tripId, code, stopSequence: 0 })
    expect((await board(codeOf(lease, '3B'))).entry?.seatLabel).toBe('3B')
    const reseated = results.find(({ outcome }) => outcome === Outcome.RESEATED)!
    expect(await refusal(board(codeOf(lease, '8A')))).toBe('TICKET_VOID')
    expect((await board(reseated.newTicketCode)).entry?.seatLabel).toBe(reseated.seatLabel)
    expect(await doubleSales(suite.sql('ticketing'))).toBe(0)

    // Whoever has no seat is paid back, and the drawer is what the books say.
    for (const { outcome, bookingId: saleId } of results) {
      if (outcome !== Outcome.REFUND_QUEUED) continue
      const amount = { currencyCode: 'RWF', units: 3_000n }
      device.write({ case: 'refund', value: { refundId: newId(), saleId, amount, reason: 'another bus' } })
    }
    const refunds = device.journal.slice(results.length)
    const paid = await counter.syncSales({ deviceId: device.deviceId, entries: refunds })
    expect(paid.results.every(({ outcome }) => outcome === Outcome.RECORDED)).toBe(true)
    await suite.settle()
    await suite.advance({ seconds: 10 })
    const [cash] = await suite.sql('payment')<{ minor: string }[]>`
      select sum(case when debit_kind = 'CASH' then amount_minor else -amount_minor end) as minor
      from journal_transfer where 'CASH' in (credit_kind, debit_kind)`
    const [drawer] = await suite.sql('ticketing')<{ minor: string }[]>`select sum(cash_minor) as minor from pos_entry`
    // And what the passenger online has paid.
    expect(Number(cash!.minor)).toBe(Number(drawer!.minor) + 3_000)
  },
  oneAtATime,
)

placements(
  'a bus with the same seats leaves counters what they were lent, and seats that are gone are taken back whatever the plate says',
  suiteOf,
  async (suite) => {
    const company = newCompany()
    const [tripId = '', direct = ''] = await putOnSale(suite, tripOf(company), tripOf(company))
    const { device, counter } = await enrolledDevice(suite, company)
    const lease = await leased(counter, device, tripId, ['3A', '3B', '9A'])
    const all = coachSeats()
      .map(({ label }) => label)
      .join(' ')
    await seatsBecome(suite, company, tripId, all, 2n, 'RAD777Z')
    const open = async () => (await counter.listLeases({ deviceId: device.deviceId })).leases.flatMap(labelsOf)
    expect(await open()).toEqual(['3A', '3B', '9A'])
    expect(await suite.published(TicketVoidedSchema)).toEqual([])
    device.sell(lease, seatOf(lease, '3A'))
    device.sell(lease, seatOf(lease, '9A'))
    const early = await counter.syncSales({ deviceId: device.deviceId, entries: device.journal.slice(0, 1) })
    expect(early.results[0]?.outcome).toBe(Outcome.SOLD)

    // The same bus, with fewer seats than were thought.
    await seatsBecome(suite, company, tripId, '3A 3B 3C', 3n, 'RAD777Z')
    expect(await open()).toEqual(['3B'])
    const late = await counter.syncSales({ deviceId: device.deviceId, entries: device.journal })
    expect(late.results.map(({ outcome, seatLabel }) => [outcome, seatLabel])).toEqual([
      [Outcome.SOLD, '3A'],
      [Outcome.RESEATED, '3C'],
    ])
    // A seat that was given back has no good ticket left, and is free: whoever was sold it gets another ticket for it.
    const other = await leased(counter, device, direct, ['5A', '5B'])
    await counter.returnSeats({ leaseId: other.leaseId, seatLabels: ['5A'] })
    device.sell(other, seatOf(other, '5A'))
    const { results } = await counter.syncSales({ deviceId: device.deviceId, entries: device.journal.slice(-1) })
    expect(results[0]).toMatchObject({ outcome: Outcome.ACCEPTED_LATE, seatLabel: '5A' })
    expect(results[0]!.newTicketCode).toMatch(/^TMS1:/)
    expect(await doubleSales(suite.sql('ticketing'))).toBe(0)
  },
  oneAtATime,
)
