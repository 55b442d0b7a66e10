import { createClient } from '@connectrpc/connect'
import { createConnectTransport } from '@connectrpc/connect-node'
import { MapSeat_State, type TripOffer } from '#gen/tms/ticketing/v1/trip_offer_pb.ts'
import { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import { addDays, serviceDateOf } from '#kit'
import type { Job } from './messages.ts'

/** What passengers of the demo network look for. */
const RIDES = [
  ['Kigali', 'Huye'],
  ['Kigali', 'Musanze'],
  ['Kigali', 'Rubavu'],
  ['Kigali', 'Rusizi'],
  ['Kigali', 'Nyagatare'],
  ['Kigali', 'Rusumo'],
] as const

const FIRST_DAY = 2
const DAYS = 10

/** Every free seat of ten days, in an order that spreads neighbours over trips, so that flows meet as strangers do. */
export async function findJobs(baseUrl: string): Promise<Job[]> {
  const ticketing = createClient(TicketingService, createConnectTransport({ baseUrl, httpVersion: '2' }))
  const today = serviceDateOf(new Date(), 'Africa/Kigali')
  const perTrip: Job[][] = []
  const seen = new Set<string>()
  for (let day = FIRST_DAY; day < FIRST_DAY + DAYS; day++) {
    const serviceDate = addDays(today, day)
    for (const [origin, destination] of RIDES) {
      const { offers } = await ticketing.searchTrips({
        origin: { place: { case: 'town', value: origin } },
        destination: { place: { case: 'town', value: destination } },
        serviceDate,
        pageSize: 100,
      })
      for (const offer of offers.filter((one) => !seen.has(one.tripId))) {
        seen.add(offer.tripId)
        perTrip.push(await jobsOf(ticketing, offer, { origin, destination, serviceDate }))
      }
    }
  }
  const longest = Math.max(...perTrip.map((jobs) => jobs.length))
  return Array.from({ length: longest }, (_, seat) => perTrip.flatMap((jobs) => jobs[seat] ?? [])).flat()
}

async function jobsOf(
  ticketing: ReturnType<typeof createClient<typeof TicketingService>>,
  offer: TripOffer,
  ride: Pick<Job, 'origin' | 'destination' | 'serviceDate'>,
): Promise<Job[]> {
  const fromSequence = offer.origin?.sequence ?? 0
  const toSequence = offer.destination?.sequence ?? 0
  const { seats } = await ticketing.getSeatMap({ tripId: offer.tripId, fromSequence, toSequence })
  return seats
    .filter(({ state }) => state === MapSeat_State.FREE)
    .map(({ label }) => ({ ...ride, tripId: offer.tripId, fromSequence, toSequence, seatLabel: label }))
}
