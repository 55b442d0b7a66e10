import { expect } from 'vitest'
import { placements, type Suite } from '#kit/testing'
import { SeatClass } from '#gen/tms/company/v1/layout_pb.ts'
import { TripState } from '#gen/tms/company/v1/trip_pb.ts'
import { type Booking, Booking_State as State, Ticket_State } from '#gen/tms/ticketing/v1/booking_pb.ts'
import { CancelCause } from '#gen/tms/ticketing/v1/cancel_cause_pb.ts'
import {
  BookingCancelledSchema,
  BusChangedSchema,
  TicketIssuedSchema,
  TicketVoidedSchema,
} from '#gen/tms/ticketing/v1/events_pb.ts'
import { DispatchService } from '#gen/tms/ticketing/v1/dispatch_service_pb.ts'
import { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import companyService from '../company/service.ts'
import payment from '../payment/service.ts'
import qr from '../qr/service.ts'
import ticketing from './service.ts'
import { doubleSales } from './testing/faults.ts'
import { coachSeats, newCompany, newId, putOnSale, tripOf } from './testing/network.ts'
import { bought, held, holdOf, passenger, pay, refusal, staff } from './testing/people.ts'

const suiteOf = [ticketing, payment, qr]

const company = newCompany()
const MAY_SWAP = ['ticketing.trips.dispatch', 'company.fleet.read', 'company.trips.manage']
const NEW_PLATE = 'RAD777Z'

/** The same trip with another bus, as company tells it. */
async function swapTo(suite: Suite, tripId: string, labels: readonly string[], state: TripState = TripState.SCHEDULED) {
  const seats = coachSeats().filter(({ label }) => labels.includes(label))
  await putOnSale(suite, tripOf(company, { tripId, seats, busPlate: NEW_PLATE, revision: 2n, state }))
}

const seatsOf = (booking: Booking | undefined) => booking?.passengers.map((one) => one.seatLabel).join(' ')

async function bookingOf(suite: Suite, who: ReturnType<typeof passenger>, { bookingId }: { bookingId: string }) {
  const { booking } = await suite.client(TicketingService, who).getBooking({ bookingId })
  return booking!
}

placements(
  'who loses a seat to another bus gets one with a new ticket, the old one is void, everybody hears of the plate once [S2-116][S2-118]',
  suiteOf,
  async (suite) => {
    const [tripId] = await putOnSale(suite, tripOf(company))
    const [moved, stays] = [passenger(), passenger()]
    const before = await bought(suite, moved, holdOf(tripId!, '9A 9B'))
    const kept = await bought(suite, stays, holdOf(tripId!, '3A'))
    await swapTo(suite, tripId!, ['3A', '3B', '4A', '4B'])

    const after = await bookingOf(suite, moved, before)
    expect(after.state).toBe(State.CONFIRMED)
    expect(seatsOf(after)).toBe('4A 4B')
    expect(seatsOf(await bookingOf(suite, stays, kept))).toBe('3A')

    const crew = suite.client(TicketingService, staff(company.tenantId))
    const scan = (code: string) => crew.boardTicket({ scanId: newId(), tripId: tripId!, code, stopSequence: 0 })
    expect(await refusal(scan(before.passengers[0]!.ticket!.code))).toBe('TICKET_VOID')
    const { entry } = await scan(after.passengers[0]!.ticket!.code)
    expect(entry?.seatLabel).toBe('4A')
    await scan(kept.passengers[0]!.ticket!.code)

    const told = await suite.published(BusChangedSchema)
    expect(told).toHaveLength(2)
    expect(told.find(({ bookingId }) => bookingId === before.bookingId)).toMatchObject({
      newBusPlate: NEW_PLATE,
      changes: [{ newSeatLabel: '4A' }, { newSeatLabel: '4B' }],
      tickets: [{ seatLabel: '4A' }, { seatLabel: '4B' }],
    })
    expect(told.find(({ bookingId }) => bookingId === kept.bookingId)).toMatchObject({
      changes: [{ oldSeatLabel: '3A', newSeatLabel: '3A' }],
      tickets: [],
    })
    expect(await suite.published(TicketVoidedSchema)).toMatchObject([{ reason: 'replaced' }, { reason: 'replaced' }])
    expect(await doubleSales(suite.sql('ticketing'))).toBe(0)
  },
)

placements('a seat that is held moves too, and its payment sells the new one', suiteOf, async (suite) => {
  const [tripId] = await putOnSale(suite, tripOf(company))
  const who = passenger()
  const booking = await held(suite.client(TicketingService, who), holdOf(tripId!, '9A'))
  await swapTo(suite, tripId!, ['3A', '3B'])
  await pay(suite, booking)
  const after = await bookingOf(suite, who, booking)
  expect(after.state).toBe(State.CONFIRMED)
  expect(seatsOf(after)).toBe('3A')
  expect(await suite.published(TicketIssuedSchema)).toMatchObject([{ tickets: [{ seatLabel: '3A' }] }])
  expect(await suite.published(BusChangedSchema)).toEqual([])
})

placements(
  'who finds no seat gets the money back; families are not parted, and nobody is put in a lower class',
  suiteOf,
  async (suite) => {
    const [tripId] = await putOnSale(suite, tripOf(company))
    const [single, family, vip] = [passenger(), passenger(), passenger()]
    const one = await bought(suite, single, holdOf(tripId!, '9A'))
    const four = await bought(suite, family, holdOf(tripId!, '5A 5B 5C 5D'))
    const first = await bought(suite, vip, holdOf(tripId!, '1A'))
    await swapTo(suite, tripId!, ['5A', '5B', '6A'])
    expect(seatsOf(await bookingOf(suite, single, one))).toMatch(/^(5A|5B|6A)$/)
    for (const [who, booking] of [
      [family, four],
      [vip, first],
    ] as const) {
      const ended = await bookingOf(suite, who, booking)
      expect(ended.state).toBe(State.CANCELLED)
      expect(ended.refund?.amount).toEqual(booking.total)
      expect(ended.passengers.every(({ ticket }) => ticket?.state === Ticket_State.VOID)).toBe(true)
    }
    expect((await suite.published(BookingCancelledSchema)).map(({ cause }) => cause)).toEqual([
      CancelCause.COMPANY,
      CancelCause.COMPANY,
    ])
  },
)

placements(
  'a passenger who is on board gets a ticket for the bus that takes over, and one who has arrived needs none',
  suiteOf,
  async (suite) => {
    const [tripId] = await putOnSale(suite, tripOf(company))
    const [far, near] = [passenger(), passenger()]
    const onBoard = await bought(suite, far, holdOf(tripId!, '9A'))
    const arrived = await bought(suite, near, holdOf(tripId!, '3A', [0, 1]))
    const crew = suite.client(TicketingService, staff(company.tenantId))
    const code = onBoard.passengers[0]!.ticket!.code
    await crew.boardTicket({ scanId: newId(), tripId: tripId!, code, stopSequence: 0 })
    suite.clock.advance({ hours: 3, minutes: 30 })
    await swapTo(suite, tripId!, ['3A'], TripState.DEPARTED)
    expect(seatsOf(await bookingOf(suite, far, onBoard))).toBe('3A')
    expect((await bookingOf(suite, far, onBoard)).passengers[0]?.ticket?.state).toBe(Ticket_State.ISSUED)
    expect((await bookingOf(suite, near, arrived)).state).toBe(State.CONFIRMED)
    expect((await suite.published(BusChangedSchema)).map(({ bookingId }) => bookingId)).toEqual([onBoard.bookingId])
  },
)

placements('a seat of a lower class is upgraded when its own class is full', suiteOf, async (suite) => {
  const [tripId] = await putOnSale(suite, tripOf(company))
  const who = passenger()
  const booking = await bought(suite, who, holdOf(tripId!, '9A'))
  await swapTo(suite, tripId!, ['1A'])
  const after = await bookingOf(suite, who, booking)
  expect(after.passengers).toMatchObject([{ seatLabel: '1A', seatClass: SeatClass.VIP }])
  expect(after.total).toEqual(booking.total)
})

placements(
  'nobody but a dispatcher swaps a bus, and only for one that the company has; sales go on after a refusal',
  [...suiteOf, companyService],
  async (suite) => {
    const [tripId] = await putOnSale(suite, tripOf(company))
    const dispatcher = { userId: newId(), tenantId: company.tenantId, permissions: [...MAY_SWAP] }
    const ask = { tripId: tripId!, busId: newId() }
    const swap = { ...ask, swapId: newId(), reason: 'engine failure' }
    const seller = suite.client(DispatchService, staff(company.tenantId))
    expect(await refusal(seller.planBusSwap(ask))).toBe('PERMISSION_MISSING')
    expect(await refusal(seller.swapBus(swap))).toBe('PERMISSION_MISSING')
    const desk = suite.client(DispatchService, dispatcher)
    expect(await refusal(desk.planBusSwap(ask))).toBe('BUS_UNKNOWN')
    expect(await refusal(desk.swapBus(swap))).toBe('BUS_UNKNOWN')
    await held(suite.client(TicketingService, passenger()), holdOf(tripId!, '9A'))
  },
)
