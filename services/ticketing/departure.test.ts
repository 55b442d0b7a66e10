import { expect } from 'vitest'
import { metadataOf } from '#kit'
import { placements, type Suite } from '#kit/testing'
import { SeatClass } from '#gen/tms/company/v1/layout_pb.ts'
import { TripState } from '#gen/tms/company/v1/trip_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import { type Booking, Booking_State as State, Ticket_State as TicketState } from '#gen/tms/ticketing/v1/booking_pb.ts'
import { BoardingService } from '#gen/tms/ticketing/v1/boarding_service_pb.ts'
import {
  BookingConfirmedSchema,
  BusChangedSchema,
  TicketBoardedSchema,
  TicketMissedSchema,
  TicketReinstatedSchema,
} from '#gen/tms/ticketing/v1/events_pb.ts'
import { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import payment from '../payment/service.ts'
import qr from '../qr/service.ts'
import ticketing from './service.ts'
import { conductor, dispatcher, driver, report, setRelease } from './testing/crew.ts'
import { doubleSales } from './testing/faults.ts'
import { coachSeats, newCompany, newId, putOnSale, tripOf } from './testing/network.ts'
import { bought, holdOf, passenger, refusal } from './testing/people.ts'

const suiteOf = [ticketing, payment, qr]

const ticketOf = (booking: Booking, position = 0) => booking.passengers[position]!.ticket!

const walkUp = (tripId: string, legs: readonly [number, number], ...seats: string[]) => ({
  bookingId: newId(),
  tripId,
  fromSequence: legs[0],
  toSequence: legs[1],
  passengers: seats.map((seatLabel, i) => ({ name: `Walk-up ${i + 1}`, seatLabel })),
})

/** The coach with three standard seats. */
const smallBus = coachSeats().filter(({ label }) => ['3A', '3B', '3C'].includes(label))

placements(
  'who has not boarded when the bus leaves has missed it where the company says so: the seat is sold again, and who comes late hears why',
  suiteOf,
  async (suite) => {
    const company = newCompany()
    const [tripId = '', kept = ''] = await putOnSale(
      suite,
      tripOf(company, { seats: smallBus }),
      tripOf(company, { seats: smallBus }),
    )
    const who = passenger()
    const crew = suite.client(BoardingService, conductor(company.tenantId))
    const door = suite.client(TicketingService, conductor(company.tenantId))
    const scan = (trip: string, booking: Booking, stopSequence: number, position = 0) =>
      door.boardTicket({ scanId: newId(), tripId: trip, stopSequence, code: ticketOf(booking, position).code })

    // The company keeps the seats: the passenger may come later.
    const patient = await bought(suite, who, holdOf(kept, '3A'))
    const stays = await crew.leaveStop({ tripId: kept, stopSequence: 0 })
    expect(stays.missing.map(({ entry }) => entry?.ticket?.state)).toEqual([TicketState.ISSUED])
    expect((await scan(kept, patient, 1)).entry?.seatLabel).toBe('3A')
    // One passenger can be given up all the same, once the stop is behind the bus.
    const late = await bought(suite, who, holdOf(kept, '3B', [1, 3]))
    const ticketId = ticketOf(late).ticketId
    expect(await refusal(crew.markNoShow({ ticketId }))).toBe('STOP_NOT_LEFT')
    await crew.leaveStop({ tripId: kept, stopSequence: 1 })
    expect((await crew.markNoShow({ ticketId })).entry?.ticket?.state).toBe(TicketState.NO_SHOW)
    expect(await refusal(crew.markNoShow({ ticketId: ticketOf(patient).ticketId }))).toBe('ALREADY_BOARDED')

    // The company gives the seats up. What it has not set holds for nobody, and a fee of nothing is none.
    const office = suite.client(BoardingService, dispatcher(company.tenantId))
    expect((await office.getBoardingRules({})).rules).toMatchObject({ releaseNoShows: false, freeLuggagePieces: 0 })
    const free = { parcelFee: { currencyCode: 'RWF', units: 0n } }
    expect(await refusal(office.setBoardingRules({ rules: free }))).toBe('FEE_INVALID')
    expect(await refusal(crew.setBoardingRules({ rules: {} }))).toBe('PERMISSION_MISSING')
    await setRelease(suite, company.tenantId, true)
    expect((await crew.getBoardingRules({})).rules?.releaseNoShows).toBe(true)
    const pair = await bought(suite, who, holdOf(tripId, '3A 3B', [0, 3]))
    const next = await bought(suite, who, holdOf(tripId, '3C', [1, 3]))
    await scan(tripId, pair, 0)
    const [, missed] = pair.passengers
    const left = await crew.leaveStop({ tripId, stopSequence: 0 })
    expect(left.missing.map(({ entry }) => [entry?.seatLabel, entry?.ticket?.state])).toEqual([
      ['3B', TicketState.NO_SHOW],
    ])
    suite.clock.advance({ minutes: 2 })
    expect((await crew.leaveStop({ tripId, stopSequence: 0 })).leaveTime).toEqual(left.leaveTime)
    expect(await suite.published(TicketMissedSchema)).toMatchObject([
      { ticketId, tripId: kept },
      { ticketId: missed!.ticket!.ticketId, tripId, stopSequence: 0 },
    ])
    expect(await refusal(crew.leaveStop({ tripId, stopSequence: 3 }))).toBe('LEGS_INVALID')

    // The passenger runs after the bus: a clear answer, and the seat again while nobody has it.
    const answer = await scan(tripId, pair, 1, 1).catch((err: unknown) => err)
    expect(metadataOf(answer)).toMatchObject({ stop_sequence: '0', leave_time: '2026-11-20T06:00:00.000Z' })
    const missedId = missed!.ticket!.ticketId
    expect((await crew.reinstatePassenger({ ticketId: missedId })).entry?.ticket?.state).toBe(TicketState.ISSUED)
    expect(await suite.published(TicketReinstatedSchema)).toMatchObject([{ ticketId: missedId, tripId }])
    await crew.markNoShow({ ticketId: missedId })
    expect(await refusal(scan(tripId, pair, 1, 1))).toBe('NO_SHOW')

    // Somebody else buys it from the next stop on; then it is gone.
    const second = await bought(suite, passenger(), holdOf(tripId, '3B', [1, 2]))
    expect(second.state).toBe(State.CONFIRMED)
    expect(await refusal(crew.reinstatePassenger({ ticketId: missedId }))).toBe('SEAT_TAKEN')
    expect(await doubleSales(suite.sql('ticketing'))).toBe(0)

    // Another bus: who missed the first one needs no seat in it.
    await putOnSale(suite, tripOf(company, { tripId, seats: smallBus, busPlate: 'RAD777Z', revision: 2n }))
    const changes = (await suite.published(BusChangedSchema)).flatMap((event) => event.changes)
    expect(changes.map((one) => one.newSeatLabel).sort()).toEqual(['3A', '3B', '3C'])

    // The company reports the end: whoever never came has missed it, and nothing can be taken back.
    await report(suite, company.tenantId, tripId, TripState.ARRIVED, 9n)
    const { manifest } = await crew.getManifest({ tripId })
    const states = manifest!.passengers.map(({ entry }) => [entry?.seatLabel, entry?.ticket?.state])
    expect(states).toContainEqual(['3C', TicketState.NO_SHOW])
    expect(await refusal(crew.reinstatePassenger({ ticketId: ticketOf(next).ticketId }))).toBe('TRIP_OVER')
    // Who drives another trip gives nobody up.
    const strangers = suite.client(BoardingService, driver(company.tenantId))
    expect(await refusal(strangers.leaveStop({ tripId, stopSequence: 1 }))).toBe('NOT_YOUR_TRIP')
    expect(await refusal(strangers.markNoShow({ ticketId: missedId }))).toBe('NOT_YOUR_TRIP')
    expect(await refusal(crew.markNoShow({ ticketId: newId() }))).toBe('TICKET_UNKNOWN')
  },
  { placements: ['memory'] },
)

async function paidIn(suite: Suite, tenantId: string): Promise<bigint> {
  const books = suite.client(PaymentService, { ...dispatcher(tenantId), permissions: ['payment.ledger.read'] })
  const { lines } = await books.getTrialBalance({})
  return lines.reduce((sum, line) => sum + (line.debitTotal?.units ?? 0n), 0n)
}

placements(
  'at the door a seat is sold leg by leg for cash, its passenger is on board, and a full bus sells nothing',
  suiteOf,
  async (suite) => {
    const company = newCompany()
    const { tenantId } = company
    const [tripId = ''] = await putOnSale(suite, tripOf(company, { seats: smallBus }))
    const seller = conductor(tenantId)
    const crew = suite.client(BoardingService, seller)
    await bought(suite, passenger(), holdOf(tripId, '3A', [1, 2]))
    const before = await paidIn(suite, tenantId)

    // The bus is late: by the timetable it left ten minutes ago.
    suite.clock.set('2026-11-20T08:10:00Z')
    const sale = walkUp(tripId, [0, 1], '3a', '')
    const { booking } = await crew.sellAtDoor({ ...sale, expectedTotal: { currencyCode: 'RWF', units: 2_000n } })
    expect(booking).toMatchObject({ state: State.CONFIRMED, total: { units: 2_000n } })
    expect(booking!.passengers.map(({ seatLabel, ticket }) => [seatLabel, ticket?.state])).toEqual([
      ['3A', TicketState.BOARDED],
      ['3B', TicketState.BOARDED],
    ])
    expect(ticketOf(booking!).code).toMatch(/^TMS1:/)
    await suite.settle()
    expect(await suite.published(BookingConfirmedSchema)).toHaveLength(2)
    expect(await suite.published(TicketBoardedSchema)).toHaveLength(2)
    expect(await paidIn(suite, tenantId)).toBe(before + 2_000n)
    expect(
      (await crew.sellAtDoor({ ...sale, expectedTotal: { currencyCode: 'RWF', units: 2_000n } })).booking?.state,
    ).toBe(State.CONFIRMED)

    // One seat is left here, and none for the whole road but that one.
    const full = await crew.sellAtDoor(walkUp(tripId, [0, 3], '', '')).catch((err: unknown) => err)
    expect(metadataOf(full)).toMatchObject({ seat_class: 'STANDARD', free_seats: '1' })
    expect(await refusal(crew.sellAtDoor(walkUp(tripId, [0, 2], '3A')))).toBe('SEAT_TAKEN')
    expect(await refusal(crew.sellAtDoor(walkUp(tripId, [0, 2], '9Z')))).toBe('SEAT_UNKNOWN')
    const vip = { ...walkUp(tripId, [0, 2]), passengers: [{ name: 'V', seatClass: SeatClass.VIP }] }
    expect(await refusal(crew.sellAtDoor(vip))).toBe('TRIP_FULL')
    const dear = { ...walkUp(tripId, [0, 2], '3C'), expectedTotal: { currencyCode: 'RWF', units: 1n } }
    expect(await refusal(crew.sellAtDoor(dear))).toBe('FARE_CHANGED')

    // Who may not take cash sells nothing, and holds nothing.
    const poor = { ...seller, permissions: seller.permissions!.filter((one) => one !== 'payment.cash.collect') }
    const unpaid = walkUp(tripId, [0, 3], '3C')
    expect(await refusal(suite.client(BoardingService, poor).sellAtDoor(unpaid))).toBe('CASH_FORBIDDEN')
    // Ten conductors want the last seat.
    const crowd = await Promise.allSettled(
      Array.from({ length: 10 }, () => crew.sellAtDoor(walkUp(tripId, [0, 3], '3C'))),
    )
    expect(crowd.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await doubleSales(suite.sql('ticketing'))).toBe(0)

    // The door closes when the bus leaves, whoever says so; it opens again at the next stop, without 3A and 3C.
    await report(suite, tenantId, tripId, TripState.DEPARTED, 5n)
    expect(await refusal(crew.sellAtDoor(walkUp(tripId, [0, 1], '3B')))).toBe('STOP_LEFT')
    const onward = await crew.sellAtDoor(walkUp(tripId, [1, 3], ''))
    expect(onward.booking?.passengers[0]?.seatLabel).toBe('3B')
    await report(suite, tenantId, tripId, TripState.ARRIVED, 6n)
    expect(await refusal(crew.sellAtDoor(walkUp(tripId, [2, 3], '')))).toBe('TRIP_NOT_ON_SALE')
  },
)
