import { existsSync, readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { timestampMs } from '@bufbuild/protobuf/wkt'
import { expect, test } from 'vitest'
import { open, type Entry } from 'yauzl'
import { derivedUuid } from '#kit'
import type { Suite } from '#kit/testing'
import { TripScheduledSchema } from '#gen/tms/company/v1/events_pb.ts'
import { TripState } from '#gen/tms/company/v1/trip_pb.ts'
import { FeedService } from '#gen/tms/tracking/v1/feed_service_pb.ts'
import { PositionSource } from '#gen/tms/tracking/v1/position_pb.ts'
import { TrackingService } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import { VehicleFeedFault } from '#gen/tms/tracking/v1/vehicle_feed_pb.ts'
import { type FeedEntity, type FeedMessage, FeedMessageSchema } from '#gen/transit_realtime/gtfs-realtime_pb.ts'
import tracking from './service.ts'
import { placements } from './testing/placements.ts'
import { newId } from './testing/world.ts'

const HALIFAX = '../shared/data/gtfs-realtime-halifax-2025'
const isHere = existsSync(HALIFAX)
if (!isHere) console.log('skipped: the real feeds are not in ../shared/data')
const withData: typeof placements = isHere ? placements : (title) => test.skip(title)

/** A web server of another system, which answers as a test says. */
async function anotherSystem() {
  const system: { answer: (response: ServerResponse) => unknown; url: string } = {
    answer: (response) => response.end(),
    url: '',
  }
  const server = createServer((_, response) => void system.answer(response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  system.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/vehicles.pb?key=1`
  const stop = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { system, env: { TRACKING_FEED_PRIVATE_ADDRESSES: 'true' }, stop }
}

/** The feed as it was served, with its clock at the suite's. */
const real = () => fromBinary(FeedMessageSchema, readFileSync(`${HALIFAX}/VehiclePositions.pb`))
const HALIFAX_NOW = '2025-11-06T21:03:10Z'

/** The ids of the trips in the schedule that belongs to the feed. */
function scheduledTripIds(): Promise<Set<string>> {
  return new Promise((resolve, reject) => {
    open(`${HALIFAX}/halifax_static_2025-08.zip`, { lazyEntries: true }, (err, zip) => {
      if (err) return reject(err)
      zip.on('entry', (entry: Entry) => {
        if (entry.fileName !== 'trips.txt') return zip.readEntry()
        return zip.openReadStream(entry, (fault, stream) => {
          if (fault) return reject(fault)
          return void text(stream).then((table) => {
            zip.close()
            const [header = '', ...rows] = table.split('\r\n')
            const column = header.split(',').indexOf('trip_id')
            resolve(new Set(rows.map((row) => row.split(',')[column] ?? '')))
          }, reject)
        })
      })
      zip.readEntry()
    })
  })
}

/** The trips of the schedule that the vehicles run, as company would make them of the imported feed. */
async function scheduled(suite: Suite, tenantId: string, vehicles: readonly FeedEntity[]): Promise<void> {
  const known = await scheduledTripIds()
  const running = vehicles.filter(({ vehicle }) => known.has(vehicle?.trip?.tripId ?? ''))
  const trips = new Map(running.map(({ vehicle }) => [vehicle?.trip?.tripId ?? '', vehicle]))
  for (const [feedTripId, vehicle] of trips) {
    const tripId = newId()
    await suite.publish(TripScheduledSchema, tripId, {
      tenantId,
      trip: {
        ...{ tripId, tenantId, revision: 1n, state: TripState.DEPARTED, companySlug: 'halifax', routeId: newId() },
        ...{ busId: newId(), busPlate: `H ${vehicle?.vehicle?.id}`, serviceDate: '2025-11-06' },
        ...{ scheduleId: derivedUuid(tenantId, `schedules\n${feedTripId}`), timeZone: 'America/Halifax' },
        calls: [0, 1].map((sequence) => ({
          sequence,
          stopId: newId(),
          departureSeconds: (16 + sequence * 2) * 3_600,
          arrivalSeconds: (16 + sequence * 2) * 3_600,
          location: { latitudeDegrees: 44.6 + sequence / 10, longitudeDegrees: -63.6 },
        })),
      },
    })
  }
  await suite.settle()
}

/** Five of the 291 vehicles run trips that were added on the day, which the schedule does not have. */
const ADDED = 5

withData(
  'a real feed of another system puts its vehicles on the map and into the history, each position once and marked as a feed’s; vehicles on unknown trips are told of',
  [tracking],
  async (suite, outside) => {
    const { system } = outside
    const tenantId = newId()
    const who = { userId: newId(), tenantId, permissions: ['tracking.*'] }
    const [feeds, staff] = [suite.client(FeedService, who), suite.client(TrackingService, who)]
    const feed = real()
    await scheduled(suite, tenantId, feed.entity)
    system.answer = (response) => response.end(toBinary(FeedMessageSchema, feed))
    await feeds.setVehicleFeed({ url: system.url })
    const read = async () => {
      await suite.runJob('tracking', 'read-vehicle-feeds')
      return (await feeds.getVehicleFeed({})).vehicleFeed!
    }
    const rows = () => suite.sql('tracking')<{ count: number }[]>`select count(*)::int as count from position`

    const first = await read()
    expect(first).toMatchObject({ fault: VehicleFeedFault.UNSPECIFIED, faultDetail: '' })
    expect(timestampMs(first.successTime!)).toBe(Date.parse(HALIFAX_NOW))
    expect(first.counts).toMatchObject({
      vehicleCount: 291,
      unmatchedCount: ADDED,
      rejectedCount: 0,
      unchangedCount: 0,
    })
    expect(first.counts?.acceptedCount).toBe(291 - ADDED)
    expect(await rows()).toEqual([{ count: 291 - ADDED }])
    await expect.poll(async () => (await staff.listBusLocations({})).locations.length, { timeout: 10_000 }).toBe(286)
    const { locations } = await staff.listBusLocations({})
    const wanted = feed.entity.at(-1)!.vehicle!
    const shown = locations.find(({ update }) => update?.busPlate === `H ${wanted.vehicle?.id}`)?.update
    expect(shown?.position?.source).toBe(PositionSource.FEED)
    expect(shown?.position?.latitudeDegrees).toBeCloseTo(wanted.position!.latitude, 5)
    const selection = { of: { case: 'tripId' as const, value: shown!.tripId } }
    const { positions } = await staff.listPositions({ selection })
    expect(positions.map(({ source, sampleTime }) => [source, timestampMs(sampleTime!) / 1_000])).toEqual([
      [PositionSource.FEED, Number(wanted.timestamp)],
    ])

    // Read again, also by a process that never saw it, nothing is new; then one vehicle moves, and one leaps.
    expect((await read()).counts).toMatchObject({ acceptedCount: 0, unchangedCount: 286 })
    await suite.advance({ seconds: 30 })
    const [moved, leapt] = [feed.entity.at(-1)!.vehicle!, feed.entity.at(-2)!.vehicle!]
    for (const one of [moved, leapt]) one.timestamp += 30n
    moved.position!.latitude += 0.001
    leapt.position!.latitude += 1
    expect((await read()).counts).toMatchObject({ acceptedCount: 1, rejectedCount: 1, unchangedCount: 284 })
    expect(await rows()).toEqual([{ count: 287 }])
  },
  { outside: anotherSystem, placements: ['memory'], now: HALIFAX_NOW, deliveries: 1, timeoutMs: 60_000 },
)

placements(
  'a feed that is away, broken, endless, old or no feed changes nothing, and its company is told why; the next good one counts',
  [tracking],
  async (suite, outside) => {
    const { system } = outside
    const tenantId = newId()
    const feeds = suite.client(FeedService, { userId: newId(), tenantId, permissions: ['tracking.feed.manage'] })
    expect((await feeds.getVehicleFeed({})).vehicleFeed?.url).toBe('')
    const seconds = BigInt(Math.floor(suite.clock.now().getTime() / 1_000))
    const feedAt = (timestamp: bigint): FeedMessage =>
      create(FeedMessageSchema, {
        header: { gtfsRealtimeVersion: '2.0', timestamp },
        entity: Array.from({ length: 20 }, (_, i) => ({
          id: `${i}`,
          vehicle: { vehicle: { id: `V${i}` }, position: { latitude: -1.9, longitude: 30 }, timestamp },
        })),
      })
    const good = toBinary(FeedMessageSchema, feedAt(seconds))
    await feeds.setVehicleFeed({ url: system.url })
    const cases: [VehicleFeedFault, RegExp, (response: ServerResponse) => unknown][] = [
      [VehicleFeedFault.STATUS, /500/, (res) => res.writeHead(500).end(good)],
      [VehicleFeedFault.STATUS, /302/, (res) => res.writeHead(302, { location: system.url }).end(good)],
      [VehicleFeedFault.UNREADABLE, /./, (res) => res.end('<!doctype html><title>Down for maintenance</title>')],
      [VehicleFeedFault.UNREADABLE, /./, (res) => res.end(good.subarray(0, good.length / 2))],
      [VehicleFeedFault.UNREADABLE, /header/, (res) => res.end()],
      [
        VehicleFeedFault.UNREACHABLE,
        /answer/,
        (res) => void res.writeHead(200, { 'content-length': '9999' }).write(good, () => res.destroy()),
      ],
      [VehicleFeedFault.TOO_LARGE, /8 MB/, endless],
      [VehicleFeedFault.STALE, /601 seconds/, (res) => res.end(toBinary(FeedMessageSchema, feedAt(seconds - 601n)))],
    ]
    const read = async () => {
      await suite.runJob('tracking', 'read-vehicle-feeds')
      return (await feeds.getVehicleFeed({})).vehicleFeed!
    }
    for (const [fault, detail, answer] of cases) {
      system.answer = answer
      const told = await read()
      expect([told.fault, told.successTime]).toEqual([fault, undefined])
      expect(told.faultDetail).toMatch(detail)
    }
    for (const table of ['position', 'recording']) {
      expect(await suite.sql('tracking')`select 1 from ${suite.sql('tracking')(table)}`).toHaveLength(0)
    }
    system.answer = (response) => response.end(good)
    const told = await read()
    expect(told).toMatchObject({
      fault: VehicleFeedFault.UNSPECIFIED,
      counts: { vehicleCount: 20, unmatchedCount: 20 },
    })
    await feeds.setVehicleFeed({ url: '' })
    expect((await read()).url).toBe('')
  },
  { outside: anotherSystem, placements: ['memory'], sendTwice: false },
)

/** 100 MB, for who reads that long. */
function endless(response: ServerResponse): unknown {
  const chunk = Buffer.alloc(1 << 20)
  let left = 100
  const more = () => {
    while (left-- > 0) if (!response.write(chunk)) return response.once('drain', more)
    return response.end()
  }
  return more()
}

placements(
  'a feed in a private network is not read, whatever its name; and a company’s feed is its own',
  [tracking],
  async (suite) => {
    const tenantId = newId()
    const who = { userId: newId(), tenantId, permissions: ['tracking.feed.manage'] }
    const feeds = suite.client(FeedService, who)
    for (const url of ['http://127.0.0.1:1/feed', 'http://[::1]:1/feed', 'http://localhost:1/feed']) {
      await feeds.setVehicleFeed({ url })
      await suite.runJob('tracking', 'read-vehicle-feeds')
      expect((await feeds.getVehicleFeed({})).vehicleFeed?.fault).toBe(VehicleFeedFault.ADDRESS_PRIVATE)
    }
    const rival = suite.client(FeedService, { ...who, tenantId: newId() })
    expect((await rival.getVehicleFeed({})).vehicleFeed?.url).toBe('')
    await rival.setVehicleFeed({ url: '' })
    expect((await feeds.getVehicleFeed({})).vehicleFeed?.url).toBe('http://localhost:1/feed')
    await expect(feeds.setVehicleFeed({ url: 'file:///etc/passwd' })).rejects.toThrow(/url/)
  },
)
