import { timestampDate } from '@bufbuild/protobuf/wkt'
import { expect } from 'vitest'
import { metadataOf, reasonOf } from '#kit'
import { placements } from '#kit/testing'
import { Ticket_State as TicketState } from '#gen/tms/ticketing/v1/booking_pb.ts'
import { TicketBoardedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import payment from '../payment/service.ts'
import qr from '../qr/service.ts'
import ticketing from './service.ts'
import { newCompany, newId, putOnSale, tripOf } from './testing/network.ts'
import { bought, holdOf, passenger, PHONE, refusal, staff } from './testing/people.ts'

const suiteOf = [ticketing, payment, qr]

placements(
  'a ticket boards once: the same scan gives the same answer, another one the time of the first',
  suiteOf,
  async (suite) => {
    const company = newCompany()
    const [tripId] = await putOnSale(suite, tripOf(company))
    const who = passenger()
    const booking = await bought(suite, who, holdOf(tripId!, '3B'))
    const driver = suite.client(TicketingService, staff(company.tenantId))
    const { code, ticketId } = booking.passengers[0]!.ticket!
    const scan = { scanId: newId(), code, tripId: tripId!, stopSequence: 0, deviceId: 'door-1' }

    const boarded = await driver.boardTicket(scan)
    expect(boarded.entry).toMatchObject({ passengerName: 'Passenger of 3B', seatLabel: '3B', phone: PHONE })
    await suite.settle()
    suite.clock.advance({ minutes: 3 })
    expect(await driver.boardTicket(scan)).toEqual(boarded)
    const again = driver.boardTicket({ ...scan, scanId: newId() })
    await expect(again).rejects.toSatisfy(
      (err) =>
        reasonOf(err) === 'ALREADY_BOARDED' &&
        metadataOf(err)['board_time'] === timestampDate(boarded.boardTime!).toISOString(),
    )
    expect(await suite.published(TicketBoardedSchema)).toMatchObject([
      { tenantId: company.tenantId, ticketId, tripId, deviceId: 'door-1', stopSequence: 0 },
    ])
    const { booking: seen } = await suite.client(TicketingService, who).getBooking({ bookingId: booking.bookingId })
    expect(seen?.passengers[0]?.ticket?.state).toBe(TicketState.BOARDED)
    const cancel = { idempotencyKey: newId(), bookingId: booking.bookingId }
    expect(await refusal(suite.client(TicketingService, who).cancelBooking(cancel))).toBe('CANCEL_TOO_LATE')
  },
)

placements('two doors scan one ticket at the same moment: one lets the passenger on', suiteOf, async (suite) => {
  const company = newCompany()
  const [tripId] = await putOnSale(suite, tripOf(company))
  const booking = await bought(suite, passenger(), holdOf(tripId!, '3B'))
  const driver = suite.client(TicketingService, staff(company.tenantId))
  const { code } = booking.passengers[0]!.ticket!
  const scans = Array.from({ length: 12 }, () =>
    driver.boardTicket({ scanId: newId(), code, tripId: tripId!, stopSequence: 0 }),
  )
  const outcomes = await Promise.allSettled(scans)
  expect(outcomes.filter((one) => one.status === 'fulfilled')).toHaveLength(1)
  const reasons = outcomes.flatMap((one) => (one.status === 'rejected' ? [reasonOf(one.reason)] : []))
  expect(new Set(reasons)).toEqual(new Set(['ALREADY_BOARDED']))
})

placements('a code that is not good here and now is refused with its reason [S2-35]', suiteOf, async (suite) => {
  const company = newCompany()
  const rival = newCompany()
  const [tripId, other, theirs] = await putOnSale(suite, tripOf(company), tripOf(company), tripOf(rival))
  const who = passenger()
  const desk = suite.client(TicketingService, who)
  const short = await bought(suite, who, holdOf(tripId!, '3B', [1, 2]))
  const given = await bought(suite, who, holdOf(tripId!, '3C'))
  await desk.cancelBooking({ idempotencyKey: newId(), bookingId: given.bookingId })
  await suite.settle()

  const { code } = short.passengers[0]!.ticket!
  const voidCode = given.passengers[0]!.ticket!.code
  const driver = suite.client(TicketingService, staff(company.tenantId))
  const rivalDriver = suite.client(TicketingService, staff(rival.tenantId))
  const scan = { code, tripId: tripId!, stopSequence: 1 }
  const swapped = `${code.slice(0, -3)}${code.endsWith('00') ? '111' : '000'}`
  const cases: [string, typeof driver, Partial<typeof scan>][] = [
    ['TICKET_FORGED', driver, { code: 'hello' }],
    ['TICKET_FORGED', driver, { code: swapped }],
    ['WRONG_TRIP', driver, { tripId: other! }],
    ['WRONG_LEG', driver, { stopSequence: 0 }],
    ['WRONG_LEG', driver, { stopSequence: 2 }],
    ['TICKET_VOID', driver, { code: voidCode }],
    ['WRONG_TRIP', rivalDriver, { tripId: theirs! }],
    ['WRONG_TRIP', rivalDriver, {}],
  ]
  for (const [reason, device, change] of cases) {
    expect(await refusal(device.boardTicket({ ...scan, ...change, scanId: newId() }))).toBe(reason)
  }
  suite.clock.set('2026-11-21T08:00:00Z')
  expect(await refusal(driver.boardTicket({ ...scan, scanId: newId() }))).toBe('TICKET_EXPIRED')
})

placements('the driver’s list has every passenger of the trip, by seat, page by page', suiteOf, async (suite) => {
  const company = newCompany()
  const [tripId, other] = await putOnSale(suite, tripOf(company), tripOf(company))
  const who = passenger()
  await bought(suite, who, holdOf(tripId!, '5A 3B'))
  await bought(suite, who, holdOf(tripId!, '3A', [0, 1]))
  await bought(suite, who, holdOf(other!, '4A'))
  const driver = suite.client(TicketingService, staff(company.tenantId))
  const first = await driver.listTripTickets({ tripId: tripId!, pageSize: 2 })
  const second = await driver.listTripTickets({ tripId: tripId!, pageSize: 2, pageToken: first.nextPageToken })
  const entries = [...first.entries, ...second.entries]
  expect(entries.map((one) => one.seatLabel)).toEqual(['3A', '3B', '5A'])
  expect(entries[0]).toMatchObject({ fromSequence: 0, toSequence: 1, ticket: { state: TicketState.ISSUED, code: '' } })
  expect(second.nextPageToken).toBe('')
  expect(await refusal(driver.listTripTickets({ tripId: newId() }))).toBe('TRIP_UNKNOWN')
})
