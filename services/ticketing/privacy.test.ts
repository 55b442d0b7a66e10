import { expect } from 'vitest'
import { placements } from '#kit/testing'
import { ListBookingsRequest_Period as Period, TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import payment from '../payment/service.ts'
import qr from '../qr/service.ts'
import ticketing from './service.ts'
import { newCompany, newId, putOnSale, tripOf } from './testing/network.ts'
import { bought, held, holdOf, passenger, PHONE, refusal, staff } from './testing/people.ts'

const suiteOf = [ticketing, payment, qr]

placements('a passenger never sees another’s booking, a company never another’s', suiteOf, async (suite) => {
  const [company, rival] = [newCompany(), newCompany()]
  const [tripId] = await putOnSale(suite, tripOf(company))
  const who = passenger()
  const { bookingId } = await bought(suite, who, holdOf(tripId!, '3B'))
  const stranger = suite.client(TicketingService, passenger())
  const rivalStaff = suite.client(TicketingService, staff(rival.tenantId))
  const ownStaff = suite.client(TicketingService, staff(company.tenantId))

  for (const other of [stranger, rivalStaff]) {
    expect(await refusal(other.getBooking({ bookingId }))).toBe('BOOKING_UNKNOWN')
    expect(await refusal(other.quoteCancellation({ bookingId }))).toBe('BOOKING_UNKNOWN')
    expect(await refusal(other.cancelBooking({ bookingId, idempotencyKey: newId() }))).toBe('BOOKING_UNKNOWN')
    expect(await refusal(other.releaseHold({ bookingId }))).toBe('BOOKING_UNKNOWN')
    expect((await other.listBookings({})).bookings).toEqual([])
  }
  expect(await refusal(rivalStaff.listTripTickets({ tripId: tripId! }))).toBe('TRIP_UNKNOWN')
  expect(await refusal(stranger.listTripTickets({ tripId: tripId! }))).toBe('PERMISSION_MISSING')
  expect(await refusal(suite.client(TicketingService).getBooking({ bookingId }))).toBe('TOKEN_MISSING')

  // Staff of the company see the booking, but not the codes that would let them ride.
  const { booking } = await ownStaff.getBooking({ bookingId })
  expect(booking?.passengers).toMatchObject([{ seatLabel: '3B', ticket: { code: '' } }])
  const own = await suite.client(TicketingService, who).getBooking({ bookingId })
  expect(own.booking?.passengers[0]?.ticket?.code).toMatch(/^TMS1:/)
})

placements('a guest finds a booking by its code and phone, and by nothing less', suiteOf, async (suite) => {
  const [tripId] = await putOnSale(suite, tripOf(newCompany()))
  const { bookingCode } = await bought(suite, passenger(), holdOf(tripId!, '3B'))
  const guest = suite.client(TicketingService)
  const typed = `${bookingCode.slice(0, 4)} ${bookingCode.slice(4).toLowerCase()}`
  const { booking } = await guest.findBooking({ bookingCode: typed, phone: PHONE })
  expect(booking?.passengers[0]?.ticket?.code).toMatch(/^TMS1:/)
  expect(await refusal(guest.findBooking({ bookingCode, phone: '+250788000000' }))).toBe('BOOKING_UNKNOWN')
  expect(await refusal(guest.findBooking({ bookingCode: 'AAAA2222', phone: PHONE }))).toBe('BOOKING_UNKNOWN')
})

placements(
  'my bookings come page by page: coming ones soonest first, past ones latest first',
  suiteOf,
  async (suite) => {
    const company = newCompany()
    const days = ['2026-11-22', '2026-11-20', '2026-11-21']
    const trips = await putOnSale(suite, ...days.map((serviceDate) => tripOf(company, { serviceDate })))
    const who = passenger()
    const desk = suite.client(TicketingService, who)
    for (const tripId of trips) await held(desk, holdOf(tripId, '3B'))
    await bought(suite, passenger(), holdOf(trips[0]!, '5A'))

    const dates = async (period: Period, pageSize: number) => {
      const seen: string[] = []
      for (let pageToken = ''; ;) {
        const page = await desk.listBookings({ period, pageSize, pageToken })
        seen.push(...page.bookings.map((one) => one.serviceDate))
        if (page.nextPageToken === '') return seen
        pageToken = page.nextPageToken
      }
    }
    expect(await dates(Period.COMING, 2)).toEqual(['2026-11-20', '2026-11-21', '2026-11-22'])
    expect(await dates(Period.PAST, 2)).toEqual([])
    await suite.advance({ minutes: 10 })
    expect(await dates(Period.COMING, 2)).toEqual([])
    expect(await dates(Period.PAST, 2)).toEqual(['2026-11-22', '2026-11-21', '2026-11-20'])
    expect(await dates(Period.UNSPECIFIED, 1)).toEqual(['2026-11-22', '2026-11-21', '2026-11-20'])
    for (const token of ['x', 'bnVsbA', Buffer.from('{"departureTime":"now","bookingId":1}').toString('base64url')]) {
      expect(await refusal(desk.listBookings({ pageToken: token }))).toBe('PAGE_TOKEN_INVALID')
    }
  },
)
