import { expect } from 'vitest'
import { registry } from '#kit'
import { placements } from '#kit/testing'
import { TripCancelledSchema, TripDelayedSchema, TripStatusChangedSchema } from '#gen/tms/company/v1/events_pb.ts'
import { SeatClass } from '#gen/tms/company/v1/layout_pb.ts'
import { TripState } from '#gen/tms/company/v1/trip_pb.ts'
import { PlaceKind } from '#gen/tms/ticketing/v1/place_pb.ts'
import { SearchTripsRequest_Order as Order, TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import payment from '../payment/service.ts'
import qr from '../qr/service.ts'
import ticketing from './service.ts'
import { allFares, coachSeats, newCompany, putOnSale, tripOf } from './testing/network.ts'
import { type Desk, held, holdOf, passenger, refusal } from './testing/people.ts'

const suiteOf = [ticketing, payment, qr]
/** Without the moment in which a found timetable is kept: these tests change it and look again at once. */
const fresh = { env: { TICKETING_SEARCH_CACHE_SECONDS: '0', TICKETING_CONNECTIONS_CACHE_SECONDS: '0' } }

const town = (value: string) => ({ place: { case: 'town' as const, value } })
const text = (value: string) => ({ place: { case: 'text' as const, value } })
const day = { serviceDate: '2026-11-20' }

/** Free seats by class, and price, of the first trip found. */
async function firstOffer(desk: Desk, origin: string, destination: string) {
  const { offers } = await desk.searchTrips({ ...day, origin: town(origin), destination: town(destination) })
  return offers[0]?.classes.map((one) => [one.seatClass, one.freeSeats, one.price?.units])
}

placements(
  'a trip is found by towns and date, with free seats of every leg counted and the fares of each class [S2-33][S2-34][S1-22]',
  suiteOf,
  async (suite) => {
    const [tripId] = await putOnSale(suite, tripOf(newCompany()))
    const desk = suite.client(TicketingService, passenger())
    const { offers } = await desk.searchTrips({ ...day, origin: town('Kigali'), destination: town('Huye') })
    expect(offers).toMatchObject([
      {
        tripId,
        companyName: 'Ikivu Coaches',
        serviceDate: '2026-11-20',
        timeZone: 'Africa/Kigali',
        origin: { stopName: 'Nyabugogo', sequence: 0, timeSeconds: 36_000 },
        destination: { stopName: 'Huye Bus Park', sequence: 3 },
        durationSeconds: 3 * 3_600,
      },
    ])
    expect(offers[0]?.origin?.time?.seconds).toBe(BigInt(Date.parse('2026-11-20T08:00:00Z') / 1000))

    await held(desk, holdOf(tripId!, '3A 1A', [0, 1]))
    await held(desk, holdOf(tripId!, '3B', [1, 2]))
    await held(desk, holdOf(tripId!, '3A', [2, 3]))
    const [VIP, STANDARD] = [SeatClass.VIP, SeatClass.STANDARD]
    expect(await firstOffer(desk, 'Kigali', 'Muhanga')).toEqual([
      [VIP, 3, 1_500n],
      [STANDARD, 40, 1_000n],
    ])
    expect(await firstOffer(desk, 'Muhanga', 'Nyanza')).toEqual([
      [VIP, 4, 1_500n],
      [STANDARD, 40, 1_000n],
    ])
    expect(await firstOffer(desk, 'Kigali', 'Huye')).toEqual([
      [VIP, 3, 4_500n],
      [STANDARD, 39, 3_000n],
    ])
  },
  fresh,
)

placements('a place is understood as people write it', suiteOf, async (suite) => {
  await putOnSale(suite, tripOf(newCompany()))
  const anybody = suite.client(TicketingService)
  const spellings: [string, string][] = [
    ['KIGALI', 'huye'],
    ['nyabugogo', 'Butare'], // the town's older name
    [' Kígali ', 'Huye  bus-park'],
    ['Kigaly', 'Huy'], // a slip of the keys, and a beginning
    ['Gitarama', 'Nyanza Ngombe'],
    ['Muhanga', 'nyanza ng’ombe'],
  ]
  for (const [origin, destination] of spellings) {
    const { offers } = await anybody.searchTrips({ ...day, origin: text(origin), destination: text(destination) })
    expect(offers, `${origin} - ${destination}`).toHaveLength(1)
  }
  const nowhere = await anybody.searchTrips({ ...day, origin: text('Mombasa'), destination: text('???') })
  expect(nowhere).toMatchObject({ offers: [], nextPossibleDate: '' })
})

placements(
  'only what can still be bought is shown, with the next day that has a trip',
  suiteOf,
  async (suite) => {
    const company = newCompany()
    const { tenantId } = company
    const [tripId] = await putOnSale(
      suite,
      tripOf(company),
      tripOf(company, { serviceDate: '2026-11-25' }),
      tripOf(company, { seats: [] }),
    )
    const desk = suite.client(TicketingService)
    const ask = { ...day, origin: town('Kigali'), destination: town('Huye') }
    expect((await desk.searchTrips(ask)).offers.map((one) => one.tripId)).toEqual([tripId])
    expect((await desk.searchTrips({ ...ask, serviceDate: '2026-11-21' })).nextPossibleDate).toBe('2026-11-25')
    expect(await desk.searchTrips({ ...ask, origin: town('Huye'), destination: town('Kigali') })).toMatchObject({
      offers: [],
      nextPossibleDate: '',
    })

    const left = { tenantId, tripId: tripId!, revision: 2n, newState: TripState.DEPARTED }
    await suite.publish(TripStatusChangedSchema, tripId!, left)
    await suite.settle()
    expect(await desk.searchTrips(ask)).toMatchObject({ offers: [], nextPossibleDate: '2026-11-25' })
    const ahead = await desk.searchTrips({ ...ask, origin: town('Muhanga') })
    expect(ahead.offers).toHaveLength(1)
    suite.clock.set('2026-11-20T08:56:00Z') // four minutes before it leaves Muhanga
    expect((await desk.searchTrips({ ...ask, origin: town('Muhanga') })).offers).toEqual([])
    expect(await refusal(desk.searchTrips({ ...ask, serviceDate: '2026-02-30' }))).toBe('DATE_INVALID')
  },
  fresh,
)

placements('trips are sorted and paged as asked; no fare is told, never 0', suiteOf, async (suite) => {
  const company = newCompany()
  const cheap = allFares(4).map((fare) => ({ ...fare, price: { currencyCode: 'RWF', units: 500n } }))
  const trips = await putOnSale(
    suite,
    tripOf(company, { leaves: 36_000 }),
    tripOf(company, { leaves: 40_000, fares: cheap }),
    tripOf(company, { leaves: 38_000, fares: [] }),
    // Ten past midnight after the service day: still this date's trip.
    tripOf(company, { leaves: 87_000, seats: coachSeats().filter((one) => one.seatClass !== SeatClass.VIP) }),
  )
  const desk = suite.client(TicketingService)
  const found = async (order: Order, seatClass: SeatClass = SeatClass.UNSPECIFIED) => {
    const seen: number[] = []
    for (let pageToken = ''; ;) {
      const ask = {
        ...day,
        origin: town('Kigali'),
        destination: town('Huye'),
        order,
        seatClass,
        pageSize: 2,
        pageToken,
      }
      const page = await desk.searchTrips(ask)
      seen.push(...page.offers.map((one) => trips.indexOf(one.tripId)))
      if (page.nextPageToken === '') return seen
      pageToken = page.nextPageToken
    }
  }
  expect(await found(Order.DEPARTURE)).toEqual([0, 2, 1, 3])
  expect(await found(Order.PRICE)).toEqual([1, 0, 3, 2])
  expect(await found(Order.DEPARTURE, SeatClass.VIP)).toEqual([0, 2, 1])
  const { offers } = await desk.searchTrips({ ...day, origin: town('Kigali'), destination: town('Huye') })
  expect(offers[1]?.classes.every((one) => one.price === undefined && one.freeSeats > 0)).toBe(true)
})

placements('places are suggested while a passenger types: towns before their stops', suiteOf, async (suite) => {
  await putOnSale(suite, tripOf(newCompany()), tripOf(newCompany()))
  const desk = suite.client(TicketingService)
  const labels = async (typed: string) => {
    const { suggestions } = await desk.suggestPlaces({ text: typed })
    return suggestions.map((one) => `${one.kind === PlaceKind.TOWN ? 'town' : 'stop'} ${one.label}`)
  }
  expect(await labels('kig')).toEqual(['town Kigali', 'stop Nyabugogo, Kigali', 'stop Nyabugogo, Kigali'])
  expect((await labels('huye'))[0]).toBe('town Huye')
  expect(await labels('nyabug')).toEqual(['stop Nyabugogo, Kigali', 'stop Nyabugogo, Kigali'])
  expect(await labels('butare')).toHaveLength(2)
  expect(await labels('zzzzzz')).toEqual([])
})

placements(
  'the same search again finds its list in Redis; free seats, a delay, another bus, fares and cancellations show at once [S1-08][S2-56][S3-18]',
  suiteOf,
  async (suite) => {
    const company = newCompany()
    const [first, second, third] = [
      tripOf(company),
      tripOf(company, { leaves: 40_000 }),
      tripOf(company, { leaves: 44_000 }),
    ]
    const [tripId, gone] = await putOnSale(suite, first, second, third)
    const desk = suite.client(TicketingService, passenger())
    const look = async (order: Order = Order.DEPARTURE) => {
      const places = { origin: town('Kigali'), destination: town('Huye') }
      return (await desk.searchTrips({ ...day, ...places, order, pageSize: 2 })).offers
    }
    const before = await hits()
    expect((await look())[0]?.classes[1]).toMatchObject({ freeSeats: 41, price: { units: 3_000n } })
    await look(Order.PRICE)
    await held(desk, holdOf(tripId!, '3A'))
    expect((await look())[0]?.classes[1]?.freeSeats).toBe(40)

    const { tenantId } = company
    const late = { tenantId, tripId: tripId!, delayMinutes: 25, reason: 'a puncture', revision: 2n }
    await suite.publish(TripDelayedSchema, tripId!, late)
    const dearer = allFares(4).map((fare) => ({ ...fare, price: { currencyCode: 'RWF', units: 7_000n } }))
    const smaller = { tripId: tripId!, revision: 3n, seats: coachSeats().slice(0, 30), fares: dearer }
    await putOnSale(suite, tripOf(company, smaller))
    const [changed, next] = await look()
    expect(changed).toMatchObject({ tripId, delayMinutes: 25, delayReason: 'a puncture' })
    expect(changed?.classes[1]).toMatchObject({ freeSeats: 25, price: { units: 7_000n } })
    expect(next?.tripId).toBe(gone)
    expect(await hits()).toBeGreaterThanOrEqual(before + 2)

    await suite.publish(TripCancelledSchema, gone!, { tenantId, tripId: gone!, revision: 4n })
    await suite.settle()
    // The trip behind it takes its place: a page is as long as there are rides to fill it.
    expect((await look()).map((one) => one.tripId)).toEqual([tripId, third.trip.tripId])
    expect((await look(Order.PRICE)).map((one) => one.tripId)).not.toContain(gone)
    await suite.publish(TripCancelledSchema, tripId!, { tenantId, tripId: tripId!, revision: 5n })
    await suite.publish(TripCancelledSchema, third.trip.tripId!, { tenantId, tripId: third.trip.tripId!, revision: 6n })
    await suite.settle()
    expect(await look()).toEqual([])
  },
  { env: { TICKETING_SEARCH_CACHE_SECONDS: '300' } },
)

/** Cache hits of ticketing, as /metrics tells them. */
async function hits(): Promise<number> {
  const line = (await registry.metrics()).split('\n').find((one) => /cache.*ticketing.*hit/.test(one))
  return Number(line?.split(' ').at(-1) ?? 0)
}

placements(
  'the pairs of towns on sale are listed with companies, fares and times, page by page, and the towns with their places; what is not sold is not listed',
  suiteOf,
  async (suite) => {
    const [first, second] = [newCompany(), { ...newCompany(), name: 'Volcano' }]
    const cheap = allFares(4).map((fare) => ({ ...fare, price: { currencyCode: 'RWF', units: 500n } }))
    const [left] = await putOnSale(
      suite,
      tripOf(first),
      tripOf(first, { leaves: 40_000 }),
      tripOf(second, { fares: cheap }),
      tripOf(second, { serviceDate: '2026-12-20' }), // beyond the coming seven days
    )
    const anybody = suite.client(TicketingService)
    const seen = []
    for (let pageToken = ''; ;) {
      const page = await anybody.listConnections({ pageSize: 4, pageToken })
      seen.push(...page.connections)
      if (page.nextPageToken === '') break
      pageToken = page.nextPageToken
    }
    expect(seen.map((one) => `${one.originTown} ${one.destinationTown}`)).toEqual([
      'Kigali Huye',
      'Kigali Muhanga',
      'Kigali Nyanza',
      'Muhanga Huye',
      'Muhanga Nyanza',
      'Nyanza Huye',
    ])
    expect(seen[0]).toMatchObject({
      tripCount: 3,
      shortestDurationSeconds: 3 * 3_600,
      lowestFare: { currencyCode: 'RWF', units: 500n },
      sellers: [
        { companyName: 'Ikivu Coaches', tripCount: 2, lowestFare: { units: 3_000n } },
        { companyName: 'Volcano', tripCount: 1, lowestFare: { units: 500n } },
      ],
    })
    const { towns } = await anybody.listTowns({})
    expect(towns.map(({ name }) => name).toSorted()).toEqual(['Huye', 'Kigali', 'Muhanga', 'Nyanza'])
    expect(towns.find(({ name }) => name === 'Huye')?.location?.latitudeDegrees).toBeCloseTo(-2.5967, 6)
    const gone = { tenantId: first.tenantId, tripId: left!, revision: 2n, newState: TripState.DEPARTED }
    await suite.publish(TripStatusChangedSchema, left!, gone)
    await suite.settle()
    expect((await anybody.listConnections({ pageSize: 1 })).connections).toMatchObject([{ tripCount: 2 }])
    expect(await refusal(anybody.listConnections({ pageToken: 'bm9uZQ' }))).toBe('PAGE_TOKEN_INVALID')
  },
  fresh,
)

placements(
  'what is listed for some minutes is not half a timetable: while trips arrive nothing is kept, and a new trip ends what was',
  suiteOf,
  async (suite) => {
    const anybody = suite.client(TicketingService)
    const listed = async () => {
      const { connections } = await anybody.listConnections({})
      const { towns } = await anybody.listTowns({})
      return [connections.find(({ originTown }) => originTown === 'Kigali')?.tripCount ?? 0, towns.length]
    }
    expect(await listed()).toEqual([0, 0])
    const company = newCompany()
    await putOnSale(suite, tripOf(company))
    await expect.poll(listed).toEqual([1, 4])
    await putOnSale(suite, tripOf(company))
    await expect.poll(listed).toEqual([2, 4])

    // The last has long arrived.
    const arriving = () => suite.redis.keys(`${suite.namespace}*timetable-arrives`)
    await expect.poll(arriving).toHaveLength(1)
    await suite.redis.del(...(await arriving()))
    expect(await listed()).toEqual([2, 4])
    const sql = suite.sql('ticketing')
    await sql`update trip_state set state = 'CANCELLED'`
    expect(await listed()).toEqual([2, 4])
    await putOnSale(suite, tripOf(company, { serviceDate: '2026-12-20' }))
    expect(await listed()).toEqual([2, 4])
    await putOnSale(suite, tripOf(company))
    await expect.poll(listed).toEqual([1, 4])
  },
)

placements(
  'the lowest fares of the next days are told, of trips that still leave',
  suiteOf,
  async (suite) => {
    const company = newCompany()
    await putOnSale(
      suite,
      tripOf(company),
      tripOf(company, { serviceDate: '2026-11-22', fares: [] }),
      tripOf(company, { serviceDate: '2026-11-28' }),
    )
    const anybody = suite.client(TicketingService)
    const ask = { origin: text('kigali'), destination: text('Butare'), firstDate: '2026-11-20' }
    const { days } = await anybody.listDayFares(ask)
    expect(days).toMatchObject([
      { serviceDate: '2026-11-20', tripCount: 1, lowestFare: { currencyCode: 'RWF', units: 3_000n } },
      { serviceDate: '2026-11-22', tripCount: 1 },
    ])
    expect(days[1]?.lowestFare).toBeUndefined()
    suite.clock.set('2026-11-20T07:56:00Z') // four minutes before it leaves
    expect((await anybody.listDayFares({ ...ask, dayCount: 1 })).days).toEqual([])
    expect((await anybody.listDayFares({ ...ask, origin: text('Atlantis') })).days).toEqual([])
    expect(await refusal(anybody.listDayFares({ ...ask, firstDate: '2026-13-01' }))).toBe('DATE_INVALID')
  },
  fresh,
)
