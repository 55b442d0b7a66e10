import { createClient, type Interceptor, type Transport } from '@connectrpc/connect'
import { createConnectTransport, createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { describe, expect, vi } from 'vitest'
import { FleetService } from '../../gen/tms/company/v1/fleet_service_pb.ts'
import { TripState } from '../../gen/tms/company/v1/trip_pb.ts'
import type { DriverMessage, RejectedPosition } from '../../gen/tms/tracking/v1/report_pb.ts'
import { TrackingService } from '../../gen/tms/tracking/v1/tracking_service_pb.ts'
import { gatewayTo } from '../../gateway/service.ts'
import { freePort } from '../../deploy/local/index.ts'
import { aPort } from '../../gateway/testing.ts'
import { defineService } from '../../services/kit/index.ts'
import { placements, type Suite } from '../../services/kit/testing/index.ts'
import tracking from '../../services/tracking/service.ts'
import {
  aDrivenTrip,
  type Driven,
  newId,
  onTheRoad,
  range,
  tripBecomes,
} from '../../services/tracking/testing/world.ts'
import { DriverReporter, memoryStorage, type DriverOptions, type Way } from './src/index.ts'
import { fetchTransport } from './src/transport.ts'
import { openTunnel, type Tunnel } from './testing/tunnel.ts'

const gateway = gatewayTo([TrackingService])

/** Company as far as tracking asks it: every bus is known. */
const fleet = defineService({
  name: 'company',
  serves: [FleetService],
  routes: () => (router) =>
    router.service(FleetService, { getBus: ({ busId }) => ({ bus: { busId, plate: 'RAC123A' } }) }),
})

type World = {
  readonly env: Readonly<Record<string, string>>
  readonly port: number
  readonly rpc: Tunnel
  readonly live: Tunnel
  stop(): Promise<void>
}

/** Ways to the suite that can be cut. */
async function outside(): Promise<World> {
  const livePort = await freePort()
  const { env, port } = await aPort({
    TRACKING_LIVE_PORT: livePort.toString(),
    TRACKING_LIVE_DRAIN_SECONDS: '0',
    TRACKING_RECHECK_SECONDS: '1',
  })
  const [rpc, live] = await Promise.all([openTunnel(port), openTunnel(livePort)])
  return { env, port, rpc, live, stop: async () => void (await Promise.all([rpc.stop(), live.stop()])) }
}

/** The clock stands where the wall's does: sockets are told when tokens run out. */
const options = { outside, placements: ['memory'] as const, now: new Date().toISOString(), sendTwice: false as const }

const ways = ['stream, Connect', 'stream, gRPC', 'batches', 'socket'] as const
type WayName = (typeof ways)[number]

/** A phone of the driver, its network by one of the ways. */
async function aPhone(
  suite: Suite,
  { rpc, live }: World,
  trip: Driven,
  name: WayName,
  more: Partial<DriverOptions> = {},
): Promise<{ reporter: DriverReporter; close: () => void }> {
  const token = await suite.token(trip.driver)
  const baseUrl = `http://127.0.0.1:${rpc.port}`
  const sessionManager = new Http2SessionManager(baseUrl)
  const identity: Interceptor = (next) => (req) => {
    req.header.set('authorization', `Bearer ${token}`)
    return next(req)
  }
  const shared = { baseUrl, sessionManager, interceptors: [identity] }
  const transports: Record<WayName, () => Transport> = {
    'stream, Connect': () => createConnectTransport({ ...shared, httpVersion: '2' }),
    'stream, gRPC': () => createGrpcTransport(shared),
    batches: () => fetchTransport(baseUrl, fetch, [identity]),
    socket: () => fetchTransport(baseUrl, fetch, [identity]),
  }
  const way: Way =
    name === 'socket' ? { liveUrl: `ws://127.0.0.1:${live.port}/live` } : name === 'batches' ? 'batch' : 'stream'
  const transport = transports[name]()
  const tms = {
    client: ((service) => createClient(service, transport)) as Parameters<typeof DriverReporter.open>[0]['client'],
    session: { token: () => Promise.resolve(token), renewAfter: () => Promise.resolve(false) },
  }
  const reporter = await DriverReporter.open(tms, {
    as: { tripId: trip.tripId },
    way,
    silenceMs: 1_500,
    backoff: { firstWaitMs: 50, longestWaitMs: 200 },
    ...more,
  })
  return { reporter, close: () => sessionManager.abort() }
}

/** What was measured while the bus drove the last minutes. */
async function drive(suite: Suite, reporter: DriverReporter, from: number, to: number): Promise<void> {
  const startMs = suite.clock.now().getTime() - 1_000_000
  for (const n of range(from, to)) {
    const { sequence: _, ...fix } = onTheRoad(suite, n, startMs)
    await reporter.record(fix)
  }
}

/** How often each measurement is in the history, by second since the start. */
async function history(suite: Suite, trip: Driven): Promise<number[]> {
  const startMs = suite.clock.now().getTime() - 1_000_000
  const rows = await suite.sql('tracking')<{ ms: number }[]>`
    select (extract(epoch from sample_time) * 1000)::float8 as ms from position where trip_id = ${trip.tripId}
    order by sample_time, sequence`
  return rows.map(({ ms }) => Math.round((ms - startMs) / 1_000))
}

const until = (condition: () => boolean) =>
  vi.waitFor(() => expect(condition()).toBe(true), { timeout: 20_000, interval: 10 })

describe.each(ways)('by %s', (name) => {
  placements(
    'no position is lost through a tunnel or a broken network, and none is in the history twice [S2-93]',
    [tracking, fleet, gateway],
    async (suite, world) => {
      const trip = await aDrivenTrip(suite)
      const { reporter, close } = await aPhone(suite, world, trip, name)
      const path = name === 'socket' ? world.live : world.rpc
      await drive(suite, reporter, 1, 20) // before there is any way
      reporter.start()
      await reporter.drained()
      path.swallow()
      await drive(suite, reporter, 21, 40)
      await until(() => reporter.state.phase !== 'reporting' || name === 'batches')
      path.restore()
      await drive(suite, reporter, 41, 60)
      await reporter.drained()
      path.cut()
      await drive(suite, reporter, 61, 80)
      await until(() => reporter.state.phase === 'waiting')
      expect(reporter.state.pending).toBe(20)
      path.restore()
      reporter.retryNow()
      await reporter.drained()
      expect(reporter.state).toMatchObject({ settled: 80, lost: 0, reason: undefined })
      expect(await history(suite, trip)).toEqual(range(1, 80))
      await reporter.stop()
      close()
    },
    options,
  )
})

placements(
  'a phone that is switched off in a tunnel goes on where it was, by what its storage kept',
  [tracking, fleet, gateway],
  async (suite, world) => {
    const trip = await aDrivenTrip(suite)
    const items = new Map<string, string>()
    const storage = {
      ...memoryStorage(),
      getItem: (key: string) => items.get(key) ?? null,
      setItem: (key: string, value: string) => void items.set(key, value),
      removeItem: (key: string) => void items.delete(key),
    }
    const first = await aPhone(suite, world, trip, 'stream, Connect', { storage })
    first.reporter.start()
    await drive(suite, first.reporter, 1, 30)
    await first.reporter.drained()
    world.rpc.cut()
    const old = new Map(items)
    await drive(suite, first.reporter, 31, 160)
    // Nobody says good-bye: the process is gone.
    world.rpc.restore()
    void first.reporter.stop()
    const second = await aPhone(suite, world, trip, 'stream, Connect', { storage })
    expect(second.reporter.state).toMatchObject({ pending: 130, last: 160 })
    second.reporter.start()
    await drive(suite, second.reporter, 161, 170)
    await second.reporter.drained()
    expect(await history(suite, trip)).toEqual(range(1, 170))
    expect([...items.keys()].length).toBeLessThan(3)
    await second.reporter.stop()

    // A storage that was put back gives numbers that the server knows already: another numbering, and nothing is taken for sent.
    const third = await aPhone(suite, world, trip, 'stream, Connect', {
      storage: { ...storage, getItem: (key: string) => old.get(key) ?? null },
    })
    await drive(suite, third.reporter, 171, 180)
    third.reporter.start()
    await third.reporter.drained()
    expect(await history(suite, trip)).toEqual(range(1, 180))
    await third.reporter.stop()
    for (const { close } of [first, second, third]) close()
  },
  options,
)

placements(
  'a full storage lets the oldest go and counts them; one that fails keeps nobody from reporting',
  [tracking, fleet, gateway],
  async (suite, world) => {
    const trip = await aDrivenTrip(suite)
    const full = await aPhone(suite, world, trip, 'batches', { capacity: 100 })
    await drive(suite, full.reporter, 1, 230)
    expect(full.reporter.state).toMatchObject({ pending: 80, lost: 150, last: 230 })
    full.reporter.start()
    await full.reporter.drained()
    expect(await history(suite, trip)).toEqual(range(151, 230))
    await full.reporter.stop()

    const other = await aDrivenTrip(suite)
    const quota = new Error('QuotaExceededError')
    const storage = { ...memoryStorage(), setItem: () => Promise.reject(quota) }
    const broken = await aPhone(suite, world, other, 'stream, Connect', { storage })
    broken.reporter.start()
    await drive(suite, broken.reporter, 1, 10)
    await broken.reporter.drained()
    expect(broken.reporter.state.storageFault).toBe(quota)
    expect(await history(suite, other)).toEqual(range(1, 10))
    await broken.reporter.stop()
    for (const { close } of [full, broken]) close()
  },
  options,
)

placements(
  'staff set the interval and write to the driver, who is shown it once; what is rejected is told',
  [tracking, fleet, gateway],
  async (suite, world) => {
    for (const name of ['stream, Connect', 'socket'] as const) {
      const trip = await aDrivenTrip(suite)
      const shown: DriverMessage[] = []
      const rejected: RejectedPosition[] = []
      const { reporter, close } = await aPhone(suite, world, trip, name, {
        onMessage: (message) => void shown.push(message),
        onRejected: (more) => void rejected.push(...more),
      })
      reporter.start()
      await until(() => reporter.state.phase === 'reporting')
      expect(reporter.state).toMatchObject({ busId: trip.busId, tripId: trip.tripId, intervalSeconds: 5 })
      const permissions = [...(trip.dispatcher.permissions ?? []), 'company.fleet.read']
      const staff = suite.client(TrackingService, { ...trip.dispatcher, permissions })
      await staff.setReportInterval({ busId: trip.busId, reportInterval: { seconds: 20n } })
      await staff.sendDriverMessage({ messageId: newId(), tripId: trip.tripId, text: 'Road closed at Nyabugogo' })
      await until(() => reporter.state.intervalSeconds === 20 && shown.length === 1)
      expect(shown[0]?.text).toBe('Road closed at Nyabugogo')
      await expect
        .poll(async () => (await staff.listDriverMessages({ tripId: trip.tripId })).messages[0]?.showTime, {
          timeout: 10_000,
        })
        .toBeDefined()
      await reporter.record({ sampleTime: timestampFromMs(Date.now()), latitudeDegrees: 0, longitudeDegrees: 0 })
      await reporter.drained()
      expect(rejected).toHaveLength(1)
      await reporter.stop()
      close()
    }
  },
  options,
)

placements(
  'who may report no longer is told so once, and does not knock for ever; what he measured stays with him',
  [tracking, fleet, gateway],
  async (suite, world) => {
    for (const name of ways) {
      const trip = await aDrivenTrip(suite)
      const stranger = { ...trip, driver: { ...trip.driver, userId: newId() } }
      const refused = await aPhone(suite, world, stranger, name)
      await drive(suite, refused.reporter, 1, 5)
      refused.reporter.start()
      await until(() => refused.reporter.state.phase === 'ended')
      expect(refused.reporter.state).toMatchObject({ reason: 'NOT_ASSIGNED', pending: 5 })
      await expect(refused.reporter.drained()).rejects.toThrow('NOT_ASSIGNED')
      const cancelled = await aPhone(suite, world, trip, name)
      await tripBecomes(suite, trip, TripState.CANCELLED, 2n)
      await drive(suite, cancelled.reporter, 1, 5)
      cancelled.reporter.start()
      await until(() => cancelled.reporter.state.reason === 'TRIP_CLOSED')
      for (const { close } of [refused, cancelled]) close()
    }
  },
  options,
)
