import { describe, expect, test } from 'vitest'
import { classOffers, cursorOf, type OfferOrder, pageOfRides, type TimetabledRide } from './offer.ts'

function ride(tripId: string, leaves: string, arrives: string, fares: TimetabledRide['fares']): TimetabledRide {
  const point = { stopId: '', stopName: '', town: '', latitudeDegrees: 0, longitudeDegrees: 0, timeSeconds: 0 }
  return {
    tripId,
    tenantId: '',
    companyName: '',
    routeName: '',
    headsign: '',
    serviceDate: '2026-11-20',
    timeZone: 'Africa/Kigali',
    currency: 'RWF',
    origin: { ...point, sequence: 0, time: `2026-11-20T${leaves}:00.000Z` },
    destination: { ...point, sequence: 1, time: `2026-11-20T${arrives}:00.000Z` },
    seatCounts: { STANDARD: 20, ...(fares.VIP ? { VIP: 4 } : {}) },
    fares,
    delayMinutes: 0,
    delayReason: '',
  }
}

const rides = [
  ride('slow', '07:00', '11:00', { STANDARD: '900' }),
  ride('free of fares', '08:00', '10:30', {}),
  ride('dear', '09:00', '11:00', { STANDARD: '3100', VIP: '4000' }),
  ride('early', '05:00', '08:00', { STANDARD: '3000' }),
]
const ask = { seatClass: undefined, after: undefined, limit: 10, leavingAfter: new Date('2026-11-20T06:00:00Z') }
const ids = (page: TimetabledRide[]) => page.map(({ tripId }) => tripId)

describe('trips found', () => {
  test.each<[OfferOrder, string[]]>([
    ['DEPARTURE', ['slow', 'free of fares', 'dear']],
    ['PRICE', ['slow', 'dear', 'free of fares']],
    ['DURATION', ['dear', 'free of fares', 'slow']],
  ])('are sorted by %s, and what has left is not shown [S2-33]', (order, expected) => {
    expect(ids(pageOfRides(rides, { ...ask, order }))).toEqual(expected)
  })

  test('only those with seats of the class asked for', () => {
    expect(ids(pageOfRides(rides, { ...ask, order: 'DEPARTURE', seatClass: 'VIP' }))).toEqual(['dear'])
  })

  test.each<OfferOrder>(['DEPARTURE', 'PRICE', 'DURATION'])('page by page each comes once, by %s', (order) => {
    const seen: string[] = []
    for (let after = undefined as ReturnType<typeof cursorOf> | undefined; ;) {
      const page = pageOfRides(rides, { ...ask, order, after, limit: 1 })
      if (page.length === 0) break
      seen.push(...ids(page))
      after = cursorOf(page[0]!, order)
    }
    expect(seen).toEqual(ids(pageOfRides(rides, { ...ask, order })))
  })

  test('no fare is told, never 0; free seats never fall below 0', () => {
    expect(classOffers(rides[1]!, { STANDARD: 3 })).toEqual([{ seatClass: 'STANDARD', free: 17, price: undefined }])
    expect(classOffers(rides[2]!, { VIP: 5 })).toEqual([
      { seatClass: 'STANDARD', free: 20, price: 3100n },
      { seatClass: 'VIP', free: 0, price: 4000n },
    ])
  })
})
