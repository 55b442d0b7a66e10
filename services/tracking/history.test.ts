import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { Redis } from 'ioredis'
import { fromBinary } from '@bufbuild/protobuf'
import { expect, inject } from 'vitest'
import { reasonOf } from '#kit'
import type { Suite } from '#kit/testing'
import { PositionBatchSchema } from '#gen/tms/tracking/v1/position_pb.ts'
import { PositionFormat, TrackingService } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import tracking from './service.ts'
import { placements } from './testing/placements.ts'
import { aDrivenTrip, type Driven, newId, onTheRoad, type PositionInit, range } from './testing/world.ts'

const once = { placements: ['memory'] as const }

/** Reports by the driver of a trip. */
async function report(suite: Suite, trip: Driven, positions: PositionInit[]): Promise<void> {
  const open = { recordingId: newId(), sender: { case: 'tripId' as const, value: trip.tripId } }
  const { ack } = await suite.client(TrackingService, trip.driver).reportPositions({ open, report: { positions } })
  expect(ack?.sequence).toBe(positions.at(-1)?.sequence)
}

placements(
  'the history of a trip or a bus is read by time, page by page, by the company alone [S3-65]',
  [tracking],
  async (suite) => {
    const trip = await aDrivenTrip(suite)
    const startMs = suite.clock.now().getTime() - 1_000_000
    const telematics = { ignitionOn: true, fuelPercent: 71.25, engineTemperatureCelsius: 88, doorOpen: false }
    const positions = range(1, 25).map((n) => ({ ...onTheRoad(suite, n, startMs), telematics }) as PositionInit)
    await report(suite, trip, positions)
    await report(suite, await aDrivenTrip(suite, { tenantId: trip.tenantId }), [onTheRoad(suite, 1)])
    const client = suite.client(TrackingService, trip.dispatcher)
    const ofTrip = { of: { case: 'tripId' as const, value: trip.tripId } }
    const seen: (bigint | undefined)[] = []
    for (let pageToken = '', first = true; first || pageToken !== ''; first = false) {
      const page = await client.listPositions({ selection: ofTrip, pageSize: 10, pageToken })
      seen.push(...page.positions.map(({ sequence }) => sequence))
      pageToken = page.nextPageToken
      if (first) expect(page.positions[0]).toMatchObject({ ...positions[0], busId: trip.busId, tripId: trip.tripId })
    }
    expect(seen).toEqual(positions.map(({ sequence }) => sequence))

    const ofBus = { case: 'busId' as const, value: trip.busId }
    const at = (n: number) => timestampFromMs(startMs + n * 1_000)
    const part = await client.listPositions({ selection: { of: ofBus, startTime: at(5), endTime: at(8) } })
    expect(part.positions.map(({ sequence }) => sequence)).toEqual([5n, 6n, 7n])
    const reason = async (selection: object) =>
      reasonOf(await client.listPositions({ selection }).catch((err: unknown) => err))
    expect(await reason({ of: ofBus })).toBe('RANGE_INVALID')
    expect(await reason({ of: ofBus, startTime: at(8), endTime: at(8) })).toBe('RANGE_INVALID')
    expect(await reason({ of: ofBus, startTime: at(0), endTime: at(40 * 86_400) })).toBe('RANGE_INVALID')
    const token = Buffer.from('["now","1","x"]').toString('base64url')
    const forged = await client.listPositions({ selection: ofTrip, pageToken: token }).catch((err: unknown) => err)
    expect(reasonOf(forged)).toBe('PAGE_TOKEN_INVALID')

    const rival = suite.client(TrackingService, { ...trip.dispatcher, tenantId: newId() })
    expect((await rival.listPositions({ selection: ofTrip })).positions).toEqual([])
    const agent = suite.client(TrackingService, { ...trip.dispatcher, permissions: ['tracking.fleet.read'] })
    expect(reasonOf(await agent.listPositions({ selection: ofTrip }).catch((err: unknown) => err))).toBe(
      'PERMISSION_MISSING',
    )
  },
  once,
)

placements(
  'a trip is exported whole as CSV and as GPX, and replayed in its order at the speed asked for',
  [tracking],
  async (suite) => {
    const trip = await aDrivenTrip(suite)
    const startMs = suite.clock.now().getTime() - 5_000_000
    for (const block of range(0, 4)) {
      const open = { recordingId: newId(), sender: { case: 'tripId' as const, value: trip.tripId } }
      const positions = range(block * 900 + 1, block * 900 + 900).map((n) => onTheRoad(suite, n, startMs))
      await suite.client(TrackingService, trip.driver).reportPositions({ open, report: { positions } })
    }
    const client = suite.client(TrackingService, trip.dispatcher)
    const selection = { of: { case: 'tripId' as const, value: trip.tripId } }
    const exported = async (format: PositionFormat) => {
      const parts: Uint8Array[] = []
      for await (const { content } of client.exportPositions({ selection, format })) parts.push(content)
      return Buffer.concat(parts).toString()
    }
    const lines = (await exported(PositionFormat.CSV)).trimEnd().split('\r\n').slice(1)
    expect(lines.map((line) => Date.parse(line.split(',')[2] ?? ''))).toEqual(
      range(1, 4_500).map((n) => startMs + n * 1_000),
    )
    expect((await exported(PositionFormat.GPX)).match(/<trkpt /g)).toHaveLength(4_500)

    const replayed: bigint[] = []
    const begun = performance.now()
    const few = { ...selection, endTime: timestampFromMs(startMs + 201_000) }
    for await (const { position } of client.replayPositions({ selection: few, speed: 1_000 })) {
      replayed.push(position?.sequence ?? 0n)
    }
    expect(replayed).toEqual(range(1, 200).map(BigInt))
    // 199 seconds of driving, a thousand times faster: no sooner than that, however quick the machine.
    expect(performance.now() - begun).toBeGreaterThanOrEqual(195)
  },
  once,
)

placements(
  'days that are too old are ended whole, and the rest stays',
  [tracking],
  async (suite) => {
    const trip = await aDrivenTrip(suite)
    await report(suite, trip, [onTheRoad(suite, 1)])
    const days = async () => {
      const rows = await suite.sql(
        'tracking',
      )`select count(*)::int as n from pg_inherits where inhparent = 'tracking.position'::regclass`
      return rows[0]?.['n'] as number
    }
    suite.clock.advance({ days: 90 })
    await suite.runJob('tracking', 'end-old-days')
    expect(await days()).toBe(1)
    suite.clock.advance({ days: 1 })
    await suite.runJob('tracking', 'end-old-days')
    expect(await days()).toBe(0)
    // The day is made anew when it is wanted again.
    suite.clock.set('2026-11-20T06:00:10Z')
    await report(suite, trip, [onTheRoad(suite, 1)])
    expect(await days()).toBe(1)
  },
  once,
)

placements(
  'Redis knows where each bus is for a minute: by bus, by fleet and around a place [S1-10, S1-33, S1-50, S2-45, S2-55, S2-113, S3-68, S3-69, S3-108]',
  [tracking],
  async (suite) => {
    const { redis, namespace } = suite
    const trip = await aDrivenTrip(suite)
    const { tenantId, busId, tripId } = trip
    const listener = new Redis(inject('REDIS_URL'))
    const heard: [string, Buffer][] = []
    listener.on('messageBuffer', (channel: Buffer, bytes: Buffer) => heard.push([channel.toString(), bytes]))
    const channels = [`track:company:${tenantId}`, `track:bus:${busId}`, `track:trip:${tripId}`].map(
      (name) => `${namespace}:${name}`,
    )
    await listener.subscribe(...channels)
    await report(suite, trip, [onTheRoad(suite, 1)])
    const key = `${namespace}:bus:${busId}`
    await expect
      .poll(() => redis.hgetall(`${key}:location`))
      .toMatchObject({
        tenant_id: tenantId,
        trip_id: tripId,
        bus_plate: 'RAC123A',
        latitude_degrees: '-1.95',
        speed_meters_per_second: '15',
        heading_degrees: '270',
      })
    const lives = await Promise.all([redis.ttl(`${key}:location`), redis.ttl(`${key}:geo`)])
    for (const seconds of lives) expect(seconds > 0 && seconds <= 60).toBe(true)
    const [[longitude, latitude] = []] = (await redis.geopos(`${key}:geo`, busId)) as [string, string][]
    expect([Number(longitude).toFixed(3), Number(latitude).toFixed(3)]).toEqual(['30.050', '-1.950'])
    expect(await redis.zrange(`${namespace}:tracking:${tenantId}:geo`, '0', '-1')).toEqual([busId])

    await expect.poll(() => heard.map(([channel]) => channel).sort(), { timeout: 20_000 }).toEqual([...channels].sort())
    for (const [, bytes] of heard) {
      expect(fromBinary(PositionBatchSchema, bytes).updates).toMatchObject([
        { tenantId, tripId, busPlate: 'RAC123A', position: { busId, tripId, sequence: 1n, latitudeDegrees: -1.95 } },
      ])
    }
    listener.disconnect()

    const client = suite.client(TrackingService, trip.dispatcher)
    const near = (radiusMeters: number) =>
      client.listBusLocations({ near: { latitudeDegrees: -1.95, longitudeDegrees: 30.06, radiusMeters } })
    expect((await near(1_000)).locations).toEqual([])
    const [found] = (await near(2_000)).locations
    expect(Math.round((found?.distanceMeters ?? 0) / 100)).toBe(11)
    const rival = suite.client(TrackingService, { ...trip.dispatcher, tenantId: newId() })
    expect((await rival.listBusLocations({})).locations).toEqual([])

    suite.clock.advance({ seconds: 62 })
    await suite.runJob('tracking', 'forget-silent-buses')
    expect((await near(2_000)).locations).toEqual([])
    expect(await redis.exists(`${namespace}:tracking:${tenantId}:geo`)).toBe(0)
  },
)
