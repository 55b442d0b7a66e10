import { timestampDate, timestampFromDate } from '@bufbuild/protobuf/wkt'
import { expect } from 'vitest'
import { placements } from '#kit/testing'
import { type Booking, Ticket_State as TicketState } from '#gen/tms/ticketing/v1/booking_pb.ts'
import { BoardingService } from '#gen/tms/ticketing/v1/boarding_service_pb.ts'
import { ScanConflictFoundSchema, TicketBoardedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import { ScanResult as Result } from '#gen/tms/ticketing/v1/scan_pb.ts'
import { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import payment from '../payment/service.ts'
import qr from '../qr/service.ts'
import ticketing from './service.ts'
import { conductor, dispatcher, driver, setRelease } from './testing/crew.ts'
import { doubleSales } from './testing/faults.ts'
import { newCompany, newId, putOnSale, tripOf } from './testing/network.ts'
import { bought, holdOf, passenger, refusal } from './testing/people.ts'

placements(
  'scans made without a network count once, in whatever cut they arrive; two of one ticket are found, and nothing is lost',
  [ticketing, payment, qr],
  async (suite) => {
    const company = newCompany()
    const [tripId = '', other = ''] = await putOnSale(suite, tripOf(company), tripOf(company))
    const who = passenger()
    const desk = suite.client(TicketingService, who)
    const buy = (labels: string, legs: readonly [number, number] = [0, 3]) =>
      bought(suite, who, holdOf(tripId, labels, legs))
    const group = await buy('3A 3B 3C 3D 4A 4B')
    const [given, short] = [await buy('5A'), await buy('5B', [1, 2])]
    await desk.cancelBooking({ idempotencyKey: newId(), bookingId: given.bookingId })

    const wrongClock = timestampFromDate(new Date('2031-01-01T00:00:00Z'))
    const scanOf = (booking: Booking, position = 0, stopSequence = 0) => {
      const { ticketId, code } = booking.passengers[position]!.ticket!
      return { scanId: newId(), ticketId, code, tripId, stopSequence, deviceTime: wrongClock }
    }
    const [front, back] = [driver(company.tenantId), driver(company.tenantId)]
    const door = suite.client(BoardingService, front)
    const rear = suite.client(BoardingService, back)
    const results = ({ outcomes }: { outcomes: { result: Result }[] }) =>
      outcomes.map(({ result }) => Object.entries(Result).find(([, value]) => value === result)?.[0])

    // The device had a network for the first: the server boarded it, and the answer was lost.
    const asked = scanOf(group, 0)
    await suite.client(TicketingService, front).boardTicket({ ...asked, deviceId: 'front' })
    const byHand = { ...scanOf(group, 1), code: '' }
    const twice = scanOf(group, 2)
    const forged = { ...scanOf(group, 3), code: scanOf(group, 4).code }
    const scans = [
      asked,
      byHand,
      twice,
      { ...twice, scanId: newId() },
      forged,
      { ...scanOf(group, 3), ticketId: newId() },
      scanOf(given),
      { ...scanOf(group, 3), tripId: other },
      scanOf(short),
    ]
    const expected = ['BOARDED', 'BOARDED', 'BOARDED', 'DOUBLE', 'FORGED', 'FORGED', 'VOID', 'WRONG_TRIP', 'WRONG_LEG']
    // Cut in mid-batch, then sent again from the beginning, by two requests at once.
    expect(results(await door.uploadScans({ deviceId: 'front', scans: scans.slice(0, 4) }))).toEqual(
      expected.slice(0, 4),
    )
    const again = await Promise.all([1, 2].map(() => door.uploadScans({ deviceId: 'front', scans })))
    for (const answer of again) expect(results(answer)).toEqual(expected)
    expect(await suite.published(TicketBoardedSchema)).toHaveLength(3)
    expect(await suite.published(ScanConflictFoundSchema)).toHaveLength(6)

    // Another device had let two of them on as well.
    suite.clock.advance({ minutes: 30 })
    const rearScans = [scanOf(group, 1), scanOf(group, 4)]
    expect(results(await rear.uploadScans({ deviceId: 'rear', scans: rearScans }))).toEqual(['DOUBLE', 'BOARDED'])
    const office = suite.client(BoardingService, dispatcher(company.tenantId))
    const { conflicts } = await office.listScanConflicts({ tripId, pageSize: 1 })
    expect(conflicts).toMatchObject([
      {
        ticketId: byHand.ticketId,
        result: Result.DOUBLE,
        passengerName: 'Passenger of 3B',
        scan: { deviceId: 'rear', userId: back.userId, scanId: rearScans[0]!.scanId },
        firstScan: { deviceId: 'front', userId: front.userId, scanId: byHand.scanId },
      },
    ])
    // The device's clock is kept beside ours, and decides nothing.
    const { scan, firstScan } = conflicts[0]!
    expect(scan?.deviceTime).toEqual(wrongClock)
    expect(timestampDate(scan!.receiveTime!)).toEqual(new Date('2026-11-20T06:30:00Z'))
    expect(timestampDate(firstScan!.receiveTime!)).toEqual(new Date('2026-11-20T06:00:00Z'))
    const all = await office.listScanConflicts({})
    expect(all.conflicts).toHaveLength(7)
    const first = await office.listScanConflicts({ pageSize: 4 })
    const second = await office.listScanConflicts({ pageSize: 4, pageToken: first.nextPageToken })
    expect([...first.conflicts, ...second.conflicts]).toEqual(all.conflicts)
    expect(await refusal(door.listScanConflicts({}))).toBe('PERMISSION_MISSING')

    // The office gave the seats up while the device was away: who sat in the bus has the seat again, unless it was sold.
    await setRelease(suite, company.tenantId, true)
    const crew = suite.client(BoardingService, conductor(company.tenantId))
    await crew.leaveStop({ tripId, stopSequence: 0 })
    const { booking } = await crew.sellAtDoor({
      ...{ bookingId: newId(), tripId, fromSequence: 1, toSequence: 2 },
      passengers: [{ name: 'Walk-up', seatLabel: '3D' }],
    })
    expect(booking?.passengers[0]?.seatLabel).toBe('3D')
    const away = [scanOf(group, 3), scanOf(group, 5)]
    expect(results(await rear.uploadScans({ deviceId: 'rear', scans: away }))).toEqual(['SEAT_RESOLD', 'BOARDED'])
    expect(await doubleSales(suite.sql('ticketing'))).toBe(0)
    const { manifest } = await crew.getManifest({ tripId })
    const stateOf = (label: string) =>
      manifest?.passengers.find(({ entry }) => entry?.seatLabel === label)?.entry?.ticket?.state
    expect(stateOf('4B')).toBe(TicketState.BOARDED)

    // Another company's device learns nothing of these tickets, and changes none.
    const rival = suite.client(BoardingService, driver(newCompany().tenantId))
    expect(results(await rival.uploadScans({ deviceId: 'x', scans: [scanOf(group, 0)] }))).toEqual(['FORGED'])
    // A thousand at once.
    const many = Array.from({ length: 1_000 }, () => ({ ...scanOf(group, 0) }))
    const { outcomes } = await door.uploadScans({ deviceId: 'front', scans: many })
    expect(outcomes.filter(({ result }) => result === Result.DOUBLE)).toHaveLength(1_000)
  },
  { placements: ['network'] },
)
