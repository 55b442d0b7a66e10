import { expect } from 'vitest'
import { FleetService } from '#gen/tms/company/v1/fleet_service_pb.ts'
import { TimetableService } from '#gen/tms/company/v1/timetable_service_pb.ts'
import { BusSwappedSchema } from '#gen/tms/company/v1/events_pb.ts'
import { Method } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import { Booking_State as State } from '#gen/tms/ticketing/v1/booking_pb.ts'
import { DispatchService } from '#gen/tms/ticketing/v1/dispatch_service_pb.ts'
import { BusChangedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import { placements, type Suite, type Who } from '#kit/testing'
import { loadServices, serviceNames } from '../../services/roster.ts'
import { enrolledDevice, leased } from '../../services/ticketing/testing/counter.ts'
import { reasonOf } from '../sdk/src/node.ts'
import { type Company, id, openCompany } from './testing/world/companies.ts'
import { reliefBus } from './testing/world/day.ts'
import { ikirezi } from './testing/world/line.ts'

const services = await loadServices(serviceNames.filter((name) => !['gateway', 'notification'].includes(name)))

const PLATE = 'RAE555S'
const PASSENGER = [
  'ticketing.bookings.create',
  'ticketing.bookings.read',
  'payment.intents.pay',
  'payment.intents.read',
]

/** Another bus of the company, with these seats. */
const anotherBus = (suite: Suite, { manager }: Company, labels: string, plate = PLATE) =>
  reliefBus({ fleet: suite.client(FleetService, manager) }, plate, labels)

/** Buys seats in cash at the company's counter. */
async function buy(suite: Suite, company: Company, who: Who, labels: string) {
  const desk = suite.client(TicketingService, who)
  const { booking } = await desk.holdSeats({
    bookingId: id(),
    tripId: company.tripId,
    fromSequence: 0,
    toSequence: 2,
    passengers: labels.split(' ').map((seatLabel) => ({ seatLabel, name: `Rider of ${seatLabel}` })),
    contact: { phone: '+250788123456', language: 'rw' },
  })
  const { paymentIntentId = '', bookingId = '' } = booking ?? {}
  const counter = suite.client(PaymentService, company.manager)
  await counter.confirmPaymentIntent({ paymentIntentId, method: Method.CASH, idempotencyKey: id() })
  return { bookingId, read: async () => (await desk.getBooking({ bookingId })).booking! }
}

const rider = (): Who => ({ userId: id(), permissions: PASSENGER })

const refusalOf = (err: unknown) => ({ reason: reasonOf(err) })

placements(
  'a bus that breaks down is swapped: too small a one is refused with figures, a fitting one carries everybody [S1-20][S2-05][S2-30][S2-87][S2-117][S2-118][S2-119]',
  services,
  async (suite) => {
    const company = await openCompany(suite, ikirezi)
    const { tripId, manager } = company
    const pair = await buy(suite, company, rider(), '2C 2D')
    const single = await buy(suite, company, rider(), '2A')
    await suite.settle()
    const dispatch = suite.client(DispatchService, manager)

    // A counter sells without a network: the plan says which seats it may have sold, and to whom to speak.
    const { calls } = (await suite.client(TimetableService, manager).getTrip({ tripId })).trip!
    const station = { stationStopId: calls[0]!.stopId, name: 'Counter 7' }
    const { device, counter } = await enrolledDevice(suite, company, station)
    await leased(counter, device, tripId, ['1A', '1B'])

    const small = await anotherBus(suite, company, '2A 2B', 'RAE444S')
    const { plan } = await dispatch.planBusSwap({ tripId, busId: small })
    expect(plan).toMatchObject({
      lentSeats: [{ deviceId: device.deviceId, deviceName: 'Counter 7', seatLabels: ['1A', '1B'] }],
      seatCount: 2,
      unseated: [{ bookingId: single.bookingId }],
      shortages: [
        { fromSequence: 0, needed: 3, available: 2 },
        { fromSequence: 1, needed: 3, available: 2 },
      ],
    })
    const swap = { tripId, reason: 'engine failure' }
    const refused = await dispatch.swapBus({ ...swap, swapId: id(), busId: small }).catch(refusalOf)
    expect(refused).toEqual({ reason: 'BUS_TOO_SMALL' })
    const unchanged = await suite.client(TimetableService, manager).assignBus({ tripId, busId: small }).catch(refusalOf)
    expect(unchanged).toEqual({ reason: 'SWAP_NEEDED' })

    const relief = await anotherBus(suite, company, '2A 2B 3A 3B')
    const swapId = id()
    const done = await dispatch.swapBus({ ...swap, swapId, busId: relief })
    expect(done.plan).toMatchObject({ busPlate: PLATE, keptCount: 1, unseated: [] })
    await suite.settle()

    expect(await single.read()).toMatchObject({ state: State.CONFIRMED, passengers: [{ seatLabel: '2A' }] })
    const seats = (await pair.read()).passengers.map(({ seatLabel }) => seatLabel)
    expect(seats).toEqual(['3A', '3B'])
    const { trip } = await suite.client(TimetableService, manager).getTrip({ tripId })
    expect(trip).toMatchObject({ busId: relief, busPlate: PLATE })
    const { swaps } = await suite.client(TimetableService, manager).listBusSwaps({ tripId })
    expect(swaps).toMatchObject([{ swapId, newBusId: relief, reason: 'engine failure', swapUserId: manager.userId }])
    expect(await suite.published(BusSwappedSchema)).toHaveLength(1)
    expect(await suite.published(BusChangedSchema)).toHaveLength(2)

    const again = await dispatch.swapBus({ ...swap, swapId, busId: relief })
    expect(again.plan).toMatchObject({ keptCount: 1 })
    expect(await suite.published(BusChangedSchema)).toHaveLength(2)
    await buy(suite, company, rider(), '2B')
  },
)

placements(
  'a swap while a crowd buys: nobody is sold a seat that is not there, nobody who paid is left without a seat or the money',
  services,
  async (suite) => {
    const company = await openCompany(suite, ikirezi)
    const { tripId, manager } = company
    const busId = await anotherBus(suite, company, '1A 1B 2A 2B 3A 3B')
    const labels = ['1A', '1B', '1C', '1D', '2A', '2B', '2C', '2D']
    const crowd = Array.from({ length: 200 }, (_, i) =>
      buy(suite, company, rider(), labels[i % 8]!).catch(() => undefined),
    )
    const dispatch = suite.client(DispatchService, manager)
    const swap = { swapId: id(), tripId, busId, reason: 'engine failure', refundUnseated: true }
    await Promise.race(crowd)
    await dispatch.swapBus(swap)
    const sold = (await Promise.all(crowd)).flatMap((one) => (one ? [one] : []))
    await suite.settle()

    const sql = suite.sql('ticketing')
    const claims = await sql<{ seat_label: string }[]>`
      select c.seat_label from seat_claim c left join trip_seat z using (trip_id, seat_label)
      where c.release_time is null and z.trip_id is null`
    expect(claims).toEqual([])
    const bookings = await Promise.all(sold.map(({ read }) => read()))
    const seated = bookings.filter(({ state }) => state === State.CONFIRMED)
    const paidBack = bookings.filter(({ refund }) => refund !== undefined)
    expect(seated.length + paidBack.length).toBe(bookings.length)
    const seats = seated.flatMap(({ passengers }) => passengers.map(({ seatLabel }) => seatLabel))
    expect(new Set(seats).size).toBe(seats.length)
    expect(seats.length).toBeGreaterThan(0)
    expect(seated.every(({ passengers }) => passengers.every(({ ticket }) => ticket?.code !== undefined))).toBe(true)
  },
  { sendTwice: false, poolSize: 8, timeoutMs: 90_000 },
)
