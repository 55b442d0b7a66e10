import { fromBinary } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { expect, vi } from 'vitest'
import { reasonOf } from '#kit'
import { TripScheduledSchema } from '#gen/tms/company/v1/events_pb.ts'
import { TripState } from '#gen/tms/company/v1/trip_pb.ts'
import { RealtimeFeedKind, TrackingService } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import { FeedMessageSchema } from '#gen/transit_realtime/gtfs-realtime_pb.ts'
import { placements } from './testing/placements.ts'
import tracking from './service.ts'
import { aDrivenTrip, newId, onTheRoad, tripBecomes } from './testing/world.ts'

placements(
  'a trip is shown and predicted along a straight way while company is away, and published only when the company asks for it [S3-67]',
  [tracking],
  async (suite) => {
    const trip = await aDrivenTrip(suite)
    const { tenantId, tripId, busId, dispatcher } = trip
    const [near, far] = [newId(), newId()]
    await suite.publish(TripScheduledSchema, tripId, {
      tenantId,
      trip: {
        ...{ tripId, tenantId, busId, busPlate: 'RAC123A', revision: 2n, state: TripState.SCHEDULED },
        ...{ serviceDate: '2026-11-20', timeZone: 'Africa/Kigali', companySlug: `ikivu-${tenantId.slice(-6)}` },
        ...{ routeId: newId(), scheduleId: newId(), patternId: newId() },
        calls: [
          { sequence: 0, stopId: newId(), departureSeconds: 28_800, location: at(30.05) },
          { ...halt, sequence: 1, stopId: near, arrivalSeconds: 29_100, departureSeconds: 29_160, location: at(30.02) },
          { sequence: 2, stopId: far, arrivalSeconds: 29_700, location: at(29.96) },
        ],
      },
    })
    await suite.settle()
    await tripBecomes(suite, trip, TripState.DEPARTED, 3n)
    const staff = suite.client(TrackingService, { ...dispatcher, permissions: ['tracking.*'] })
    expect((await staff.getTripArrivals({ tripId })).arrivals).toEqual([])

    const open = { recordingId: newId(), sender: { case: 'tripId' as const, value: tripId } }
    const sampleTime = timestampFromMs(suite.clock.now().getTime())
    const positions = [{ ...onTheRoad(suite, 1), sampleTime, longitudeDegrees: 30.01 }]
    await suite.client(TrackingService, trip.driver).reportPositions({ open, report: { positions } })
    await vi.waitFor(async () => expect((await staff.listBusLocations({})).locations).toHaveLength(1), 10_000)
    await suite.runJob('tracking', 'predict-arrivals')
    const { arrivals } = await staff.getTripArrivals({ tripId })
    expect(arrivals.map(({ stopId }) => stopId)).toEqual([far])
    const way = await staff.getTripWay({ tripId })
    expect(way).toMatchObject({
      pathPolyline: '',
      stops: [{ sequence: 0 }, { ...halt, stopId: near }, { sequence: 2 }],
    })
    expect(way.stops.map(({ location }) => location?.longitudeDegrees)).toEqual([30.05, 30.02, 29.96])
    const stranger = suite.client(TrackingService, { userId: newId(), tenantId: newId(), permissions: ['tracking.*'] })
    for (const asked of [stranger.getTripArrivals({ tripId }), stranger.getTripWay({ tripId })])
      expect(reasonOf(await asked.catch((err: unknown) => err))).toBe('TRIP_UNKNOWN')

    const gateway = suite.peer(TrackingService, 'gateway')
    const wanted = { companySlug: `ikivu-${tenantId.slice(-6)}`, kind: RealtimeFeedKind.TRIP_UPDATES }
    const unpublished = await gateway.getRealtimeFeed(wanted).catch((err: unknown) => err)
    expect(reasonOf(unpublished)).toBe('FEED_UNKNOWN')
    const passenger = suite.client(TrackingService, trip.driver)
    const refused = await passenger.setRealtimeFeed({ published: true }).catch((err: unknown) => err)
    expect(reasonOf(refused)).toBe('PERMISSION_MISSING')
    await staff.setRealtimeFeed({ published: true })
    const { content } = await gateway.getRealtimeFeed(wanted)
    const [entity] = fromBinary(FeedMessageSchema, content).entity
    expect(entity?.tripUpdate?.stopTimeUpdate.map(({ stopId }) => stopId)).toEqual([far])
  },
  { placements: ['memory'] },
)

const halt = { stopName: 'Ruyenzi Market', town: 'Kamonyi' }
const at = (longitudeDegrees: number) => ({ latitudeDegrees: -1.95, longitudeDegrees })
