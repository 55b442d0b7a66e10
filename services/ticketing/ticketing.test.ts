import { expect } from 'vitest'
import { placements } from '#kit/testing'
import { SeatClass } from '#gen/tms/company/v1/layout_pb.ts'
import { Booking_State as State, Ticket_State as TicketState } from '#gen/tms/ticketing/v1/booking_pb.ts'
import { BookingConfirmedSchema, SeatsHeldSchema, TicketIssuedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import payment from '../payment/service.ts'
import qr from '../qr/service.ts'
import ticketing from './service.ts'
import { newCompany, putOnSale, tripOf } from './testing/network.ts'
import { bought, held, holdOf, passenger, pay, PHONE } from './testing/people.ts'

const suiteOf = [ticketing, payment, qr]

placements(
  'a passenger holds a seat, pays, and has a signed ticket [S1-24][S1-25][S1-47][S2-32][S2-35][S2-107]',
  suiteOf,
  async (suite) => {
    const company = newCompany()
    const [tripId] = await putOnSale(suite, tripOf(company))
    const desk = suite.client(TicketingService, passenger())

    const booking = await held(desk, holdOf(tripId!, '3B 1A'))
    expect(booking).toMatchObject({ state: State.HELD, total: { currencyCode: 'RWF', units: 7_500n } })
    expect(booking.bookingCode).toMatch(/^[2-9A-Z]{8}$/)
    expect(booking.holdExpireTime?.seconds).toBe(BigInt(Date.parse('2026-11-20T06:10:00Z') / 1000))
    await pay(suite, booking)

    const { booking: sold } = await desk.getBooking({ bookingId: booking.bookingId })
    expect(sold).toMatchObject({
      state: State.CONFIRMED,
      passengers: [
        { seatLabel: '3B', seatClass: SeatClass.STANDARD, ticket: { state: TicketState.ISSUED } },
        { seatLabel: '1A', seatClass: SeatClass.VIP, ticket: { state: TicketState.ISSUED } },
      ],
    })
    const codes = sold!.passengers.map((one) => one.ticket!.code)
    expect(codes.every((code) => code.startsWith('TMS1:'))).toBe(true)
    expect(new Set(codes).size).toBe(2)

    expect(await suite.published(SeatsHeldSchema)).toHaveLength(1)
    expect(await suite.published(BookingConfirmedSchema)).toHaveLength(1)
    expect(await suite.published(TicketIssuedSchema)).toMatchObject([
      {
        tenantId: company.tenantId,
        companyName: company.name,
        phone: PHONE,
        language: 'rw',
        origin: 'Nyabugogo',
        destination: 'Huye Bus Park',
        busPlate: 'RAC123A',
        reseated: false,
        tickets: [{ passengerName: 'Passenger of 3B', ticketNumber: `${booking.bookingCode}-1` }, { seatLabel: '1A' }],
      },
    ])
  },
)
void bought
