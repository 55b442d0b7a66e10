import { describe, expect, test } from 'vitest'
import { classOffers, cursorOf, type ListedRide, type OfferOrder, pageOfRides } from './offer.ts'

function ride(tripId: string, leaves: string, arrives: string, fares: NonNullable<ListedRide['fares']>): ListedRide {
  const seconds = (time: string) => Date.parse(`2026-11-20T${time}:00Z`) / 1000
  const classes: ListedRide['classes'] = fares.VIP ? ['STANDARD', 'VIP'] : ['STANDARD']
  return { tripId, from: 0, to: 1, leaves: seconds(leaves), arrives: seconds(arrives), classes, fares }
}

const rides = [
  ride('slow', '07:00', '11:00', { STANDARD: '900' }),
  ride('free of fares', '08:00', '10:30', {}),
  ride('dear', '09:00', '11:00', { STANDARD: '3100', VIP: '4000' }),
  ride('early', '05:00', '08:00', { STANDARD: '3000' }),
]
const ask = { seatClass: undefined, after: undefined, limit: 10, leavingAfter: new Date('2026-11-20T06:00:00Z') }
const ids = (page: ListedRide[]) => page.map(({ tripId }) => tripId)

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
    expect(classOffers({ seatCounts: { STANDARD: 20 }, taken: { STANDARD: 3 }, fares: {} })).toEqual([
      { seatClass: 'STANDARD', free: 17, price: undefined },
    ])
    const fares = { STANDARD: '3100', VIP: '4000' }
    expect(classOffers({ seatCounts: { STANDARD: 20, VIP: 4 }, taken: { VIP: 5 }, fares })).toEqual([
      { seatClass: 'STANDARD', free: 20, price: 3100n },
      { seatClass: 'VIP', free: 0, price: 4000n },
    ])
  })
})
