import { expect } from 'vitest'
import { TripScheduledSchema } from '#gen/tms/company/v1/events_pb.ts'
import { NetworkService } from '#gen/tms/company/v1/network_service_pb.ts'
import { placements } from '#kit/testing'
import { companies } from '../../deploy/demo/companies.ts'
import { networkOf } from '../../deploy/demo/network.ts'
import company from './service.ts'
import { aCompany } from './testing.ts'

placements(
  'the demo network is written, gives every trip a bus and both classes a price, and is not written twice',
  [company],
  async (suite) => {
    for (const demo of companies) {
      const { tenantId, timetable } = await aCompany(suite, { slug: demo.slug })
      const set = { tenantId, network: networkOf(demo, '2026-11-20'), generateDayCount: 2 }
      const first = await suite.peer(NetworkService, 'demo').provisionNetwork(set)
      expect(first.changes.every(({ updatedCount }) => updatedCount === 0)).toBe(true)
      const again = await suite.peer(NetworkService, 'demo').provisionNetwork(set)
      expect(again.changes.every(({ createdCount, updatedCount }) => createdCount + updatedCount === 0)).toBe(true)
      expect(again.createdTripCount).toBe(0)
      const departures = Object.values(demo.departures).flat().length
      const { trips } = await timetable.listTrips({ fromDate: '2026-11-20', toDate: '2026-11-20', pageSize: 200 })
      expect(trips).toHaveLength(departures * 2) // out and back
      expect(trips.filter(({ busPlate }) => busPlate === '')).toEqual([])
    }
    for (const { trip, layout, fares } of await suite.published(TripScheduledSchema)) {
      const rides = (trip!.calls.length * (trip!.calls.length - 1)) / 2
      expect(fares).toHaveLength(rides * 2)
      expect([29, 49]).toContain(layout?.seats.length)
    }
  },
  { placements: ['memory'] },
)
