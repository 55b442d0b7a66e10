import type { MessageInitShape } from '@bufbuild/protobuf'
import { expect, test } from 'vitest'
import { derivedUuid, reasonOf } from '#kit'
import { placements, type Suite } from '#kit/testing'
import { TripScheduledSchema } from '#gen/tms/company/v1/events_pb.ts'
import { SeatClass } from '#gen/tms/company/v1/layout_pb.ts'
import { TripState } from '#gen/tms/company/v1/trip_pb.ts'
import { BookingConfirmedSchema, TicketIssuedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import payment from '../payment/service.ts'
import qr from '../qr/service.ts'
import ticketing from './service.ts'
import { doubleSales } from './testing/faults.ts'
import { hasKenya2017, type RealSale, realSales } from './testing/kenya_2017.ts'
import { newId } from './testing/network.ts'
import { held, type HoldInit, passenger, payAtCounter } from './testing/people.ts'

const TENANT = '019c0000-0000-7000-8000-000000000001'
const AT_ONCE = 24
/** Every so many of the bookings are paid and ticketed as well. */
const PAID_OF = 10
const tripIdOf = (rideId: string) => derivedUuid(TENANT, `ride ${rideId}`)

/** What the file itself says: how many seats were sold, and how often a sold one was sold again. */
function countsOf(sales: readonly RealSale[]) {
  const seats = new Set(sales.map((sale) => `${sale.rideId} ${sale.seatLabel}`))
  return { rides: new Set(sales.map((sale) => sale.rideId)).size, seats: seats.size, again: sales.length - seats.size }
}

/** A ride of the file as a trip on sale, with the seats that were sold on it: the file tells of no others. */
function tripOfRide(sales: readonly RealSale[]): MessageInitShape<typeof TripScheduledSchema> {
  const [first] = sales
  const { rideId, serviceDate, time, from, to } = first!
  const [hours, minutes] = time.split(':').map(Number)
  const leaves = hours! * 3_600 + minutes! * 60
  const labels = [...new Set(sales.map((sale) => sale.seatLabel))]
  const calls = [from, to].map((town, sequence) => ({
    sequence,
    stopId: derivedUuid(TENANT, `stop ${town}`),
    stopName: town,
    town,
    arrivalSeconds: leaves + sequence * 8 * 3_600,
    departureSeconds: leaves + sequence * 8 * 3_600,
    pickupAllowed: true,
    dropOffAllowed: true,
  }))
  return {
    tenantId: TENANT,
    trip: {
      ...{ tripId: tripIdOf(rideId), tenantId: TENANT, companyName: 'Mobiticket', routeName: `${from} - ${to}` },
      ...{ serviceDate, timeZone: 'Africa/Nairobi', currency: 'KES', state: TripState.SCHEDULED, revision: 1n, calls },
    },
    layout: {
      seats: labels.map((label, row) => ({ label, seatClass: SeatClass.STANDARD, row: row % 40 })),
    },
    fares: [
      {
        fromSequence: 0,
        toSequence: 1,
        seatClass: SeatClass.STANDARD,
        price: { currencyCode: 'KES', units: 1_000n },
      },
    ],
  }
}

/** Seats of one ride that are bought together. */
type Party = readonly RealSale[]

/** Most seats that one booking takes. */
const PARTY = 8

/**
 * What happens first: each seat of each ride is bought once, in parties, in the order of the file; the file does not say who
 * travelled together. And what happens then: each sale of a seat that was sold before, on its own.
 */
function partiesOf(rides: readonly (readonly RealSale[])[]): { first: Party[]; again: Party[] } {
  const first: Party[] = []
  const again: Party[] = []
  for (const ride of rides) {
    const fresh = ride.filter((sale, i) => ride.findIndex((one) => one.seatLabel === sale.seatLabel) === i)
    const sold = new Set(fresh)
    for (let from = 0; from < fresh.length; from += PARTY) first.push(fresh.slice(from, from + PARTY))
    again.push(...ride.filter((sale) => !sold.has(sale)).map((sale) => [sale]))
  }
  return { first, again }
}

const holdOfParty = (party: Party): HoldInit => ({
  bookingId: newId(),
  tripId: tripIdOf(party[0]!.rideId),
  fromSequence: 0,
  toSequence: 1,
  passengers: party.map(({ receipt, seatLabel }) => ({ name: receipt, seatLabel })),
  contact: { phone: '+254712345678', email: '', language: 'sw' },
})

/** Runs work on every item, some at once. */
async function each<T>(items: readonly T[], work: (item: T, index: number) => Promise<void>): Promise<void> {
  const queue = items.entries()
  const run = async () => {
    for (const [index, item] of queue) await work(item, index)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, run))
}

/** Tries to sell to every party. Answers how many seats came out how, by reason. */
async function sellTo(suite: Suite, parties: readonly Party[]): Promise<Record<string, number>> {
  const desks = Array.from({ length: AT_ONCE }, () => suite.client(TicketingService, passenger()))
  const outcomes: Record<string, number> = {}
  const count = (outcome: string, seats: number) => (outcomes[outcome] = (outcomes[outcome] ?? 0) + seats)
  await each(parties, async (party, index) => {
    try {
      const booking = await held(desks[index % AT_ONCE]!, holdOfParty(party))
      count('SOLD', booking.passengers.length)
      if (index % PAID_OF === 0) await payAtCounter(suite, booking)
    } catch (err) {
      count(reasonOf(err) ?? String(err), party.length)
    }
  })
  return outcomes
}

if (hasKenya2017) {
  placements(
    '33,845 real coach tickets: every seat that was sold twice is refused the second time, all else sells [S1-22][S1-71]',
    [ticketing, payment, qr],
    async (suite) => {
      const sales = await realSales()
      const expected = countsOf(sales)
      expect(sales).toHaveLength(33_845)
      const rides = Object.values(Object.groupBy(sales, (sale) => sale.rideId)) as RealSale[][]
      await each(rides, (ride) => suite.publish(TripScheduledSchema, tripIdOf(ride[0]!.rideId), tripOfRide(ride)))
      const sql = suite.sql('ticketing')
      await expect.poll(() => countTrips(sql), { timeout: 120_000, interval: 500 }).toBe(expected.rides)

      const { first, again } = partiesOf(rides)
      expect(await sellTo(suite, first)).toEqual({ SOLD: expected.seats })
      expect(await sellTo(suite, again)).toEqual({ SEAT_TAKEN: expected.again })
      expect(await doubleSales(sql)).toBe(0)

      await suite.settle()
      const confirmed = await suite.published(BookingConfirmedSchema)
      expect(confirmed).toHaveLength(Math.ceil(first.length / PAID_OF))
      const issued = await suite.published(TicketIssuedSchema)
      const seatsPaid = confirmed.reduce((sum, one) => sum + one.seatCount, 0)
      expect(issued.flatMap((one) => one.tickets)).toHaveLength(seatsPaid)
    },
    {
      placements: ['memory'],
      // The harness's repeats would double a long test and prove nothing new.
      ...{ sendTwice: false, deliveries: 1, timeoutMs: 400_000, poolSize: 8, now: '2017-10-01T06:00:00Z' },
    },
  )
} else {
  test.skip('33,845 real coach tickets: ../shared/data/bus-tickets-kenya-2017 is not here')
}

async function countTrips(sql: ReturnType<Suite['sql']>): Promise<number> {
  const [row] = await sql<{ trips: number }[]>`select count(*)::int as trips from trip`
  return row?.trips ?? 0
}
