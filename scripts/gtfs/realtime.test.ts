import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fromBinary, fromJsonString, toBinary } from '@bufbuild/protobuf'
import { timestampFromMs, timestampMs } from '@bufbuild/protobuf/wkt'
import { expect, test, vi } from 'vitest'
import { ZipFile } from 'yazl'
import { FleetService } from '#gen/tms/company/v1/fleet_service_pb.ts'
import { SeatClass } from '#gen/tms/company/v1/layout_pb.ts'
import { TimetableService } from '#gen/tms/company/v1/timetable_service_pb.ts'
import { TripState } from '#gen/tms/company/v1/trip_pb.ts'
import { TenantService } from '#gen/tms/tenant/v1/tenant_service_pb.ts'
import { TrackingService } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import { FeedMessageSchema, TripDescriptor_ScheduleRelationship } from '#gen/transit_realtime/gtfs-realtime_pb.ts'
import { newUuidV7, reasonOf } from '#kit'
import { placements, type Suite } from '#kit/testing'
import { gatewayTo } from '../../gateway/service.ts'
import { aPort } from '../../gateway/testing.ts'
import auth from '../../services/auth/service.ts'
import company from '../../services/company/service.ts'
import tenant from '../../services/tenant/service.ts'
import tracking from '../../services/tracking/service.ts'
import { openArchive } from './archive.ts'
import { exportFeed } from './export.ts'
import type { Feed } from './feed.ts'
import { importFeed } from './import.ts'
import type { Progress } from './progress.ts'
import { readFeed } from './read.ts'
import { Report } from './report.ts'
import type { ClientOf } from './session.ts'
import { faultsOf } from './testing/realtime_rules.ts'

const KIGALI = '../shared/data/gtfs-kigali-2024/kigali_rura_2024-07.zip'
const RAILWAYS = '../shared/data/gtfs-kenya-railways-2024/kenya_railways_2024-07.zip'
const HALIFAX = '../shared/data/gtfs-realtime-halifax-2025'

const quiet: Progress = { show: () => undefined, end: () => undefined }
const id = () => newUuidV7(Date.now())

/** A road to the east of Kigali, 10 km in 20 minutes; one departure at nine and one every hour from twelve on. */
const ROAD = {
  'agency.txt': 'agency_id,agency_name,agency_url,agency_timezone\nA,Ikivu,http://ikivu.example,Africa/Kigali\n',
  'stops.txt': `stop_id,stop_name,stop_lat,stop_lon\n${[0, 3, 6, 10].map((km) => `S${km},Stop ${km},-1.95,${30 + km * 0.009}`).join('\n')}\n`,
  'routes.txt': 'route_id,agency_id,route_short_name,route_long_name,route_type\nR,A,1,East Road,3\n',
  'calendar.txt':
    'service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\nD,1,1,1,1,1,1,1,20261101,20261231\n',
  'trips.txt': 'route_id,service_id,trip_id,shape_id\nR,D,NINE,W\nR,D,HOURLY,W\n',
  'stop_times.txt': `trip_id,arrival_time,departure_time,stop_id,stop_sequence\n${['NINE', 'HOURLY']
    .flatMap((trip) =>
      [0, 3, 6, 10].map((km, i) => `${trip},09:${mm(km)}:00,09:${mm(km)}:${i === 3 ? '00' : '30'},S${km},${i}`),
    )
    .join('\n')}\n`,
  'frequencies.txt':
    'trip_id,start_time,end_time,headway_secs,exact_times\nNINE,09:00:00,09:01:00,60,1\nHOURLY,12:00:00,15:00:00,3600,1\n',
  'shapes.txt': `shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\n${[0, 2, 4, 6, 8, 10].map((km) => `W,-1.95,${30 + km * 0.009},${km}`).join('\n')}\n`,
}

function mm(km: number): string {
  return String(km * 2).padStart(2, '0')
}

async function zipAt(file: string, files: Readonly<Record<string, string>>): Promise<void> {
  const zip = new ZipFile()
  for (const [name, text] of Object.entries(files)) zip.addBuffer(Buffer.from(text), name)
  zip.end()
  const chunks: Buffer[] = []
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer)
  writeFileSync(file, Buffer.concat(chunks))
}

async function scheduleIn(file: string): Promise<Feed> {
  const report = new Report()
  const archive = await openArchive(file, report)
  const feed = await readFeed(archive, report, () => undefined)
  archive.close()
  return feed
}

const RIGHTS = ['company.*', 'tracking.*', 'tenant.settings.read']

/** A company, and clients of its manager. */
async function aCompany(suite: Suite, slug: string, currency: string, timeZone: string) {
  const tenantId = id()
  const admin = suite.client(TenantService, { userId: id(), permissions: ['*'] })
  const settings = { currency, timeZone, languages: ['en'] }
  const manager = { value: { case: 'phone' as const, value: '+250788000777' } }
  await admin.createTenant({ tenantId, slug, name: slug, country: 'RW', settings, manager })
  await suite.settle()
  const who = { userId: id(), tenantId, permissions: RIGHTS }
  const client: ClientOf = (service) => suite.client(service, who)
  return { tenantId, client }
}

/** A folder for one test. */
async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tms-feed-'))
  try {
    await work(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Puts a bus with a reporting device on a trip, and the trip on the road. */
async function onTheRoad(client: ClientOf, tripId: string, plate: string) {
  const [layoutId, busId] = [id(), id()]
  const seat = { label: '1A', seatClass: SeatClass.STANDARD, deck: 1, row: 1, column: 1 }
  await client(FleetService).createSeatLayout({ layoutId, name: plate, seats: [seat] })
  await client(FleetService).createBus({ busId, plate, name: '', layoutId })
  const timetable = client(TimetableService)
  await timetable.assignBus({ tripId, busId })
  await timetable.changeTripState({ tripId, state: TripState.BOARDING })
  await timetable.changeTripState({ tripId, state: TripState.DEPARTED })
  return { busId, ...(await client(TrackingService).createDeviceKey({ deviceKeyId: id(), busId, name: 'box' })) }
}

placements(
  'a company publishes valid GTFS-Realtime beside its exported schedule; arrivals follow the bus, and who may see them does [S3-67]',
  [auth, tenant, company, tracking, gatewayTo([TrackingService])],
  (suite, { baseUrl }) =>
    inFolder(async (folder) => {
      const { client } = await aCompany(suite, 'ikivu', 'RWF', 'Africa/Kigali')
      const [road, out] = [join(folder, 'road.zip'), join(folder, 'out.zip')]
      await zipAt(road, ROAD)
      const order = { file: road, companySlug: 'ikivu', dayCount: 1 }
      await importFeed(() => Promise.resolve(client), order, quiet, suite.clock.now())
      await exportFeed(client, { file: out, companySlug: 'ikivu', baseUrl }, suite.clock.now())
      const schedule = await scheduleIn(out)
      const { trips } = await client(TimetableService).listTrips({ pageSize: 50 })
      expect(trips).toHaveLength(4)
      const [nine, twelve, one] = trips
      const { secret, busId } = await onTheRoad(client, nine!.tripId, 'RAC123A')
      await client(TimetableService).cancelTrip({
        idempotencyKey: id(),
        tripId: one!.tripId,
        reason: 'no bus',
      } as never)
      await suite.settle()

      // Nine o'clock: the bus drives ten metres a second, a fifth faster than its timetable.
      await suite.advance({ hours: 1 })
      const device = suite.client(TrackingService)
      const recordingId = id()
      const feedAt = async (name: string) => {
        const answer = await fetch(`${baseUrl}/gtfs-realtime/ikivu/${name}`)
        return { answer, bytes: new Uint8Array(await answer.arrayBuffer()) }
      }
      expect((await feedAt('vehicle-positions.pb')).answer.status).toBe(404)
      await client(TrackingService).setRealtimeFeed({ published: true })

      for (let step = 1; step <= 40; step++) {
        await suite.advance({ seconds: 10 })
        const position = {
          sequence: BigInt(step),
          sampleTime: timestampFromMs(suite.clock.now().getTime()),
          latitudeDegrees: -1.95 + ((step % 3) - 1) * 0.00005,
          longitudeDegrees: 30 + (step - 1) * 0.0009,
          speedMetersPerSecond: 10,
          headingDegrees: 90,
          accuracyMeters: 8,
        }
        const open = { recordingId, sender: { case: 'deviceKey' as const, value: secret } }
        await device.reportPositions({ open, report: { positions: [position] } })
        if (step % 10 !== 0) continue
        await vi.waitFor(async () => {
          const { locations } = await client(TrackingService).listBusLocations({})
          expect(locations[0]?.update?.position?.sequence).toBe(BigInt(step))
        })
        await suite.runJob('tracking', 'predict-arrivals')
      }

      const { arrivals, positionTime } = await client(TrackingService).getTripArrivals({ tripId: nine!.tripId })
      const nowMs = suite.clock.now().getTime()
      expect(timestampMs(positionTime!)).toBe(nowMs)
      // Four kilometres are behind it; at 10 km it is in ten to thirteen minutes.
      expect(arrivals.map(({ sequence }) => sequence)).toEqual([2, 3])
      const minutes = (timestampMs(arrivals[1]!.predictedTime!) - nowMs) / 60_000
      expect(minutes).toBeGreaterThan(8)
      expect(minutes).toBeLessThan(14)
      expect(timestampMs(arrivals[1]!.earlyTime!)).toBeLessThan(timestampMs(arrivals[1]!.predictedTime!))
      expect(timestampMs(arrivals[1]!.lateTime!)).toBeGreaterThan(timestampMs(arrivals[1]!.predictedTime!))
      const stranger = suite.client(TrackingService, { userId: id() })
      const refused = await stranger.getTripArrivals({ tripId: nine!.tripId }).catch((err: unknown) => err)
      expect(reasonOf(refused)).toBe('TRIP_UNKNOWN')

      const feeds = new Map<string, ReturnType<typeof fromBinary<typeof FeedMessageSchema>>>()
      for (const name of ['vehicle-positions', 'trip-updates', 'alerts']) {
        const { answer, bytes } = await feedAt(`${name}.pb`)
        expect(answer.headers.get('content-type')).toBe('application/x-protobuf')
        const feed = fromBinary(FeedMessageSchema, bytes)
        expect(faultsOf(feed, schedule, nowMs + 1_000)).toEqual([])
        feeds.set(name, feed)
        const asJson = await feedAt(`${name}.json`)
        const same = fromJsonString(FeedMessageSchema, new TextDecoder().decode(asJson.bytes))
        // Decimals become floats of 32 bits on the wire.
        expect(fromBinary(FeedMessageSchema, toBinary(FeedMessageSchema, same)).entity).toEqual(feed.entity)
        const headers = { 'if-none-match': answer.headers.get('etag') ?? '' }
        expect((await fetch(`${baseUrl}/gtfs-realtime/ikivu/${name}.pb`, { headers })).status).toBe(304)
      }
      const [vehicle] = feeds.get('vehicle-positions')!.entity
      expect(vehicle?.vehicle).toMatchObject({
        vehicle: { id: busId, licensePlate: 'RAC123A' },
        trip: { tripId: nine!.scheduleId, startTime: '09:00:00', startDate: '20261120' },
        currentStopSequence: 2,
      })
      const updates = feeds.get('trip-updates')!.entity.map(({ tripUpdate }) => tripUpdate!)
      expect(updates.map(({ trip }) => trip?.scheduleRelationship)).toEqual([
        TripDescriptor_ScheduleRelationship.SCHEDULED,
        TripDescriptor_ScheduleRelationship.CANCELED,
      ])
      expect(updates[1]?.trip).toMatchObject({ tripId: one!.scheduleId, startTime: '13:00:00' })
      expect(updates[0]?.stopTimeUpdate.map(({ arrival }) => Number(arrival?.time) * 1_000)).toEqual(
        arrivals.map(({ predictedTime }) => Math.round(timestampMs(predictedTime!) / 1_000) * 1_000),
      )
      expect(feeds.get('alerts')!.entity).toHaveLength(1)
      expect(twelve!.scheduleId).toBe(one!.scheduleId)

      // What it took is known to the next trip.
      await client(TimetableService).changeTripState({ tripId: nine!.tripId, state: TripState.ARRIVED })
      await suite.settle()
      await suite.advance({ minutes: 15 })
      const sql = suite.sql('tracking')
      type Leg = { hour: number; trip_count: number; mean_seconds: number }
      const legs = await sql<Leg[]>`select hour, trip_count, mean_seconds from leg_time order by hour`
      expect(legs).toMatchObject([
        { hour: -1, trip_count: 1 },
        { hour: 9, trip_count: 1 },
      ])
      expect(Math.abs(legs[0]!.mean_seconds - 300)).toBeLessThan(15)

      await client(TrackingService).setRealtimeFeed({ published: false })
      await vi.waitFor(async () => {
        await suite.advance({ seconds: 3 })
        expect((await feedAt('alerts.pb')).answer.status).toBe(404)
      })
      for (const wrong of ['vehicle-positions.xml', 'secrets.pb', '../ikivu/alerts.pb', 'alerts.pb/x']) {
        expect((await feedAt(wrong)).answer.status).toBe(404)
      }
    }),
  {
    outside: () => aPort(),
    env: { TRACKING_LIVE_PORT: '0' },
    sendTwice: false,
    placements: ['memory'],
    timeoutMs: 90_000,
  },
)

const skipped = !existsSync(HALIFAX)
if (skipped) console.log('skipped: the real feeds are not in ../shared/data')
const withData: typeof placements = skipped ? (title) => test.skip(title) : placements

withData(
  'an exported schedule is imported again with the same counts: a city without departures, trains with fares',
  [auth, tenant, company],
  (suite) =>
    inFolder(async (folder) => {
      for (const [file, currency, timeZone] of [
        [KIGALI, 'RWF', 'Africa/Kigali'],
        [RAILWAYS, 'KES', 'Africa/Nairobi'],
      ] as const) {
        const [from, to] = [`from-${currency.toLowerCase()}`, `to-${currency.toLowerCase()}`]
        const first = await aCompany(suite, from, currency, timeZone)
        const second = await aCompany(suite, to, currency, timeZone)
        const now = suite.clock.now()
        const connect = (one: typeof first) => () => Promise.resolve(one.client)
        const given = await importFeed(connect(first), { file, companySlug: from, dayCount: 0 }, quiet, now)
        const out = join(folder, `${from}.zip`)
        const rows = await exportFeed(
          first.client,
          { file: out, companySlug: from, baseUrl: 'http://tms.example' },
          now,
        )
        const again = await importFeed(connect(second), { file: out, companySlug: to, dayCount: 0 }, quiet, now)
        expect(again.changes.map(({ kind, createdCount }) => [kind, createdCount])).toEqual(
          given.changes.map(({ kind, createdCount }) => [kind, createdCount]),
        )
        expect(rows['stop_times.txt']).toBe(given.feed.rows['stop_times.txt'])
      }
    }),
  { sendTwice: false, placements: ['memory'], timeoutMs: 90_000 },
)

test.skipIf(skipped)(
  'a real feed is read by the official numbers: 286 of its 291 vehicles run a trip of its schedule',
  async () => {
    const feed = fromBinary(FeedMessageSchema, readFileSync(join(HALIFAX, 'VehiclePositions.pb')))
    expect(feed.header?.timestamp).toBe(1_762_462_979n)
    const archive = await openArchive(join(HALIFAX, 'halifax_static_2025-08.zip'), new Report())
    const [header = '', ...rows] = (await text(await archive.read('trips.txt'))).split('\r\n')
    archive.close()
    const column = header.split(',').indexOf('trip_id')
    const known = new Set(rows.map((row) => row.split(',')[column]))
    const running = feed.entity.map(({ vehicle }) => vehicle?.trip?.tripId)
    expect([running.length, running.filter((tripId) => known.has(tripId)).length]).toEqual([291, 286])
    const again = fromBinary(FeedMessageSchema, toBinary(FeedMessageSchema, feed))
    expect(again).toEqual(feed)
  },
)
