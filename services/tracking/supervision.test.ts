import { timestampDate } from '@bufbuild/protobuf/wkt'
import { describe, expect } from 'vitest'
import { reasonOf } from '#kit'
import type { Suite } from '#kit/testing'
import { TripScheduledSchema } from '#gen/tms/company/v1/events_pb.ts'
import { TripState } from '#gen/tms/company/v1/trip_pb.ts'
import {
  GeofenceCrossedSchema,
  GeofencePassage,
  SpeedingDetectedSchema,
  VehicleArrivedSchema,
  VehicleBackOnlineSchema,
  VehicleDepartedSchema,
  VehicleWentOfflineSchema,
} from '#gen/tms/tracking/v1/events_pb.ts'
import { SupervisionService } from '#gen/tms/tracking/v1/supervision_service_pb.ts'
import { TrackingService } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import tracking from './service.ts'
import { openPhone } from './testing/phone.ts'
import { placements } from './testing/placements.ts'
import { aDrivenTrip, type Driven, newId, onTheRoad, range, tripBecomes } from './testing/world.ts'

const once = { placements: ['memory'] as const }
const RIGHTS = ['tracking.geofences.write', 'tracking.geofences.read', 'tracking.scores.read']

const staffOf = (suite: Suite, { dispatcher }: Driven) =>
  suite.client(SupervisionService, { ...dispatcher, permissions: RIGHTS })

const passageName = (passage: GeofencePassage) =>
  Object.entries(GeofencePassage).find(([, value]) => value === passage)?.[0]

/** Where the bus is so many seconds after it began. */
const placeAt = (suite: Suite, second: number) => {
  const { latitudeDegrees = 0, longitudeDegrees = 0 } = onTheRoad(suite, second)
  return { latitudeDegrees, longitudeDegrees }
}

/** The trip calls where the bus is at the beginning, after five minutes and after ten. */
async function withCalls(suite: Suite, { tenantId, tripId, busId }: Driven): Promise<void> {
  const calls = [0, 300, 600].map((second, sequence) => ({
    sequence,
    stopId: newId(),
    location: placeAt(suite, second),
    arrivalSeconds: 8 * 3_600 + second,
    departureSeconds: 8 * 3_600 + second,
  }))
  const trip = { tripId, tenantId, busId, revision: 2n, state: TripState.SCHEDULED, routeId: newId(), calls }
  const facts = { busPlate: 'RAC123A', serviceDate: '2026-11-20', timeZone: 'Africa/Kigali' }
  await suite.publish(TripScheduledSchema, tripId, { tenantId, trip: { ...trip, ...facts } })
  await suite.settle()
}

/** The driver's phone reports a part of the way, measured so long ago; each number is a second. */
async function report(suite: Suite, trip: Driven, numbers: readonly number[], recordingId = newId()) {
  const startMs = suite.clock.now().getTime() - 2_000_000
  const open = { recordingId, sender: { case: 'tripId' as const, value: trip.tripId } }
  const phone = await openPhone(suite.client(TrackingService, trip.driver), open)
  phone.send(numbers.map((n) => onTheRoad(suite, n, startMs)))
  await phone.finish()
  return recordingId
}

placements(
  'each passage of a geofence is told once: also of what is sent again, and by a process that takes over from a dead one',
  [tracking],
  async (suite) => {
    const trip = await aDrivenTrip(suite)
    const staff = staffOf(suite, trip)
    const circle = (second: number) => ({
      shape: { case: 'circle' as const, value: { center: placeAt(suite, second), radiusMeters: 100 } },
    })
    const yard = newId()
    await staff.createGeofence({
      geofenceId: yard,
      settings: { name: 'Yard', shape: circle(100), dwellDuration: { seconds: 10n }, speedLimitMetersPerSecond: 5 },
    })
    const gate = newId()
    await staff.createGeofence({ geofenceId: gate, settings: { name: 'Gate', shape: circle(200) } })
    const passages = async () =>
      (await suite.published(GeofenceCrossedSchema)).map(({ geofenceName, passage }) => [
        geofenceName,
        passageName(passage),
      ])
    const recordingId = await report(suite, trip, range(1, 150))
    const first = [
      ['Yard', 'ENTERED'],
      ['Yard', 'DWELLED'],
      ['Yard', 'EXITED'],
    ]
    await expect.poll(passages, { timeout: 10_000 }).toEqual(first)
    expect(await suite.published(SpeedingDetectedSchema)).toMatchObject([{ limitMetersPerSecond: 5 }])
    await report(suite, trip, range(1, 180), recordingId)
    // Another process, which died, had looked at the bus only up to here; what it wrote is what counts.
    await suite.sql('tracking')`update bus_watch set revision = revision + 1`
    await report(suite, trip, [185, 230, 231], recordingId)
    await report(suite, trip, [232, 233], recordingId)
    await expect.poll(passages, { timeout: 10_000 }).toEqual([...first, ['Gate', 'CROSSED']])

    const found = await staff.listGeofences({})
    expect(found.geofences.map(({ name }) => name)).toEqual(['Yard', 'Gate'])
    await staff.updateGeofence({ geofenceId: gate, settings: { name: 'Checkpoint', shape: circle(300) } })
    await staff.deleteGeofence({ geofenceId: yard })
    await report(suite, trip, [290, 300], recordingId)
    await expect.poll(passages, { timeout: 10_000 }).toEqual([...first, ['Gate', 'CROSSED'], ['Checkpoint', 'ENTERED']])
  },
  { ...once, deliveries: 1 },
)

placements(
  'a bus arrives at its stops and leaves them, each told once with the time at which it was measured [S3-70]',
  [tracking],
  async (suite) => {
    const trip = await aDrivenTrip(suite)
    await withCalls(suite, trip)
    const startMs = suite.clock.now().getTime() - 2_000_000
    await report(suite, trip, range(1, 610))
    const arrived = async () =>
      (await suite.published(VehicleArrivedSchema)).map(({ stopSequence, isLast }) => [stopSequence, isLast])
    await expect.poll(arrived, { timeout: 10_000 }).toEqual([
      [0, false],
      [1, false],
      [2, true],
    ])
    const left = await suite.published(VehicleDepartedSchema)
    expect(left.map(({ stopSequence }) => stopSequence)).toEqual([0, 1])
    const [first] = left
    expect(first?.sighting).toMatchObject({ busId: trip.busId, tripId: trip.tripId })
    expect(timestampDate(first!.sighting!.sampleTime!).getTime()).toBeLessThan(startMs + 30_000)
    await suite.settle()
  },
  once,
)

placements(
  'a bus on its way that is not heard of is told of once, and when it is back; one that stands in its yard is not',
  [tracking],
  async (suite) => {
    const [trip, parked] = [await aDrivenTrip(suite), await aDrivenTrip(suite)]
    await tripBecomes(suite, trip, TripState.DEPARTED, 3n)
    for (const one of [trip, parked]) await report(suite, one, [1, 2])
    await expect.poll(() => suite.sql('tracking')`select 1 from bus_watch`, { timeout: 10_000 }).toHaveLength(2)
    await suite.advance({ minutes: 1 })
    expect(await suite.published(VehicleWentOfflineSchema)).toEqual([])
    await suite.advance({ minutes: 2 })
    await suite.advance({ minutes: 2 })
    const offline = await suite.published(VehicleWentOfflineSchema)
    expect(offline.map(({ sighting }) => sighting?.busId)).toEqual([trip.busId])
    // The next writing is due when the bus was not written for a while, or something else is to be told.
    await withCalls(suite, { ...trip })
    await report(suite, trip, [400, 401])
    await staffOf(suite, trip).createGeofence({
      geofenceId: newId(),
      settings: {
        name: 'Here',
        shape: { shape: { case: 'circle', value: { center: placeAt(suite, 500), radiusMeters: 200 } } },
      },
    })
    await report(suite, trip, [500, 501])
    const back = async () => (await suite.published(VehicleBackOnlineSchema)).map(({ silence }) => silence?.seconds)
    await expect.poll(back, { timeout: 20_000 }).toEqual([300n])
  },
  once,
)

describe('what staff see', () => {
  placements(
    'how a driver drove a trip is scored from what is in the history [S3-168]',
    [tracking],
    async (suite) => {
      const trip = await aDrivenTrip(suite)
      const startMs = suite.clock.now().getTime() - 2_000_000
      const open = { recordingId: newId(), sender: { case: 'tripId' as const, value: trip.tripId } }
      const phone = await openPhone(suite.client(TrackingService, trip.driver), open)
      phone.send(
        range(1, 200).map((n) => ({ ...onTheRoad(suite, n, startMs), speedMetersPerSecond: n === 100 ? 10 : 15 })),
      )
      await phone.finish()
      const { scores } = await staffOf(suite, trip).listDriverScores({ tripId: trip.tripId })
      expect(scores).toMatchObject([
        {
          driverUserId: trip.driver.userId,
          harshBrakingCount: 1,
          harshAccelerationCount: 1,
          topSpeedMetersPerSecond: 15,
        },
      ])
      expect(scores[0]?.distanceMeters).toBeCloseTo(199 * 15, -1.5)
    },
    once,
  )

  placements(
    'geofences and scores are the company’s own, and a company has no more than it may',
    [tracking],
    async (suite) => {
      const [trip, other] = [await aDrivenTrip(suite), await aDrivenTrip(suite)]
      const [staff, stranger] = [staffOf(suite, trip), staffOf(suite, other)]
      const settings = {
        name: 'Yard',
        shape: { shape: { case: 'circle' as const, value: { center: placeAt(suite, 1), radiusMeters: 100 } } },
      }
      const geofenceId = newId()
      await staff.createGeofence({ geofenceId, settings })
      const refusal = async (work: Promise<unknown>) => reasonOf(await work.catch((err: unknown) => err))
      expect((await stranger.listGeofences({})).geofences).toEqual([])
      expect(await refusal(stranger.updateGeofence({ geofenceId, settings }))).toBe('GEOFENCE_UNKNOWN')
      await stranger.deleteGeofence({ geofenceId })
      expect((await staff.listGeofences({})).geofences).toHaveLength(1)
      expect(await refusal(stranger.listDriverScores({ tripId: trip.tripId }))).toBe('TRIP_UNKNOWN')
      const corners = [placeAt(suite, 1), placeAt(suite, 2)]
      const line = { ...settings, shape: { shape: { case: 'polygon' as const, value: { corners } } } }
      expect(await refusal(staff.createGeofence({ geofenceId: newId(), settings: line }))).toBe('REQUEST_INVALID')
      await suite.sql('tracking')`
        insert into geofence select gen_random_uuid(), tenant_id, name, shape, null, null, null, create_time, update_time
        from geofence, generate_series(1, 499)`
      expect(await refusal(staff.createGeofence({ geofenceId: newId(), settings }))).toBe('GEOFENCE_LIMIT_REACHED')
    },
    once,
  )
})
