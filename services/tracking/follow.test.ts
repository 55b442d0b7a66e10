import { create } from '@bufbuild/protobuf'
import { expect, vi } from 'vitest'
import { reasonOf } from '#kit'
import type { Suite } from '#kit/testing'
import { type SessionRevoked, SessionRevokedSchema } from '#gen/tms/auth/v1/events_pb.ts'
import { TripState } from '#gen/tms/company/v1/trip_pb.ts'
import type { Position } from '#gen/tms/tracking/v1/position_pb.ts'
import {
  type StreamPositionsRequest,
  StreamPositionsRequestSchema,
  TrackingService,
} from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import { TicketIssuedSchema, TicketVoidedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import { freePort } from '../../deploy/local/index.ts'
import { TestClient } from './live/testing/client.ts'
import company from '../company/service.ts'
import tracking from './service.ts'
import { aBus } from './testing/bus.ts'
import { placements } from './testing/placements.ts'
import { aDrivenTrip, type Driven, newId, onTheRoad, tripBecomes } from './testing/world.ts'

async function onAPort() {
  const port = await freePort()
  return { port, env: { TRACKING_LIVE_PORT: port.toString() } }
}

/** Somebody who holds a ticket for a trip. */
async function ticketHolder(suite: Suite, { tenantId, tripId }: Driven) {
  const [userId, ticketId] = [newId(), newId()]
  const event = { tenantId, tripId, userId, bookingId: newId(), tickets: [{ ticketId }] }
  await suite.publish(TicketIssuedSchema, event.bookingId, event)
  await suite.settle()
  return { userId, ticketId }
}

async function socketOf(suite: Suite, port: number, who: Parameters<Suite['token']>[0]): Promise<TestClient> {
  return TestClient.signedIn(port, await suite.token(who))
}

function report(driver: TestClient, frame: StreamPositionsRequest['frame']): void {
  driver.say({ case: 'report', value: create(StreamPositionsRequestSchema, { frame }) })
}

/** A driver whose phone speaks WebSocket. */
async function driving(suite: Suite, port: number, trip: Driven) {
  const driver = await socketOf(suite, port, trip.driver)
  const sender = { case: 'tripId' as const, value: trip.tripId }
  report(driver, { case: 'open', value: { recordingId: newId(), sender } as never })
  await driver.until('reported', ({ frame }) => frame.case === 'opened')
  const startMs = suite.clock.now().getTime() - 30_000
  return {
    driver,
    measure: (sequence: number) =>
      report(driver, { case: 'report', value: { positions: [onTheRoad(suite, sequence, startMs)] } as never }),
  }
}

/** A device in the bus that opens by its key; it signs in by nothing else. */
async function device({ client: dispatcher, busId }: Awaited<ReturnType<typeof aBus>>, port: number) {
  const deviceKeyId = newId()
  const { secret } = await dispatcher.createDeviceKey({ deviceKeyId, busId, name: 'GPS' })
  const client = await TestClient.open(port)
  const sender = { case: 'deviceKey' as const, value: secret }
  report(client, { case: 'open', value: { recordingId: newId(), sender } as never })
  await client.until('reported', ({ frame }) => frame.case === 'opened')
  return client
}

async function seenBy(client: TestClient, { busId }: Driven, sequence: number): Promise<void> {
  await vi.waitFor(() => expect(client.sequencesOf(busId)).toContain(sequence), { timeout: 20_000, interval: 5 })
}

placements(
  'a bus that its driver reports by WebSocket is seen by ticket holder and dispatcher, and by no stranger [S1-32, S2-112, S2-114, S3-63]',
  [tracking],
  async (suite, { port }) => {
    const trip = await aDrivenTrip(suite)
    const holder = await ticketHolder(suite, trip)
    const [passenger, dispatcher] = [await socketOf(suite, port, holder), await socketOf(suite, port, trip.dispatcher)]
    const { urls } = await suite.client(TrackingService).getLiveEndpoint({})
    expect(urls).toEqual([`ws://127.0.0.1:${port}/live`])
    await passenger.follow(`trip:${trip.tripId}`)
    expect((await passenger.follow(`bus:${trip.busId}`)).feeds).toEqual([`trip:${trip.tripId}`])
    await dispatcher.follow(`company:${trip.tenantId}:fleet`)
    await dispatcher.follow(`bus:${trip.busId}`)

    const { driver, measure } = await driving(suite, port, trip)
    measure(1)
    await driver.until('reported', ({ frame }) => frame.case === 'ack' && frame.value.sequence === 1n)
    await seenBy(passenger, trip, 1)
    await seenBy(dispatcher, trip, 1)

    const rival = (await aDrivenTrip(suite)).dispatcher
    const strangers: [object, string][] = [
      [{ userId: newId() }, `trip:${trip.tripId}`],
      [{ userId: newId() }, `bus:${trip.busId}`],
      [holder, `company:${trip.tenantId}:fleet`],
      [rival, `company:${trip.tenantId}:fleet`],
      [rival, `bus:${trip.busId}`],
      [rival, `trip:${trip.tripId}`],
    ]
    for (const [who, topic] of strangers) {
      const stranger = await socketOf(suite, port, who)
      stranger.say({ case: 'subscribe', value: { topic } })
      expect(await stranger.ended()).toMatchObject({ code: 4403 })
      expect(stranger.updates()).toEqual([])
    }
    for (const client of [passenger, dispatcher, driver]) client.close()
  },
  { outside: onAPort, placements: ['memory'] },
)

placements(
  'who comes later sees where the bus is, and who gives the ticket back sees it no more, by socket and by stream',
  [tracking],
  async (suite, { port }) => {
    const trip = await aDrivenTrip(suite)
    const holder = await ticketHolder(suite, trip)
    const { driver, measure } = await driving(suite, port, trip)
    measure(1)
    await vi.waitFor(async () =>
      expect(await suite.redis.exists(`${suite.namespace}:bus:${trip.busId}:location`)).toBe(1),
    )

    const passenger = await socketOf(suite, port, holder)
    await passenger.follow(`trip:${trip.tripId}`)
    expect(passenger.sequencesOf(trip.busId)).toEqual([1])
    const seen: number[] = []
    const watching = (async () => {
      const answers = suite.client(TrackingService, holder).watchTrip({ tripId: trip.tripId })
      for await (const { updates } of answers) for (const { position } of updates) seen.push(Number(position?.sequence))
    })()
    await vi.waitFor(() => expect(seen).toEqual([1]))
    measure(2)
    await seenBy(passenger, trip, 2)
    await vi.waitFor(() => expect(seen).toEqual([1, 2]))

    const { tenantId, tripId } = trip
    await suite.publish(TicketVoidedSchema, holder.ticketId, { tenantId, tripId, ticketId: holder.ticketId })
    await suite.settle()
    await passenger.until('subscriptionEnded')
    await watching
    measure(3)
    await driver.until('reported', ({ frame }) => frame.case === 'ack' && frame.value.sequence === 3n)
    expect([seen, passenger.sequencesOf(trip.busId)]).toEqual([
      [1, 2],
      [1, 2],
    ])
    for (const client of [passenger, driver]) client.close()
  },
  { outside: onAPort },
)

placements(
  'a stream of a trip is refused to strangers, and one that is known void before it is issued is no ticket',
  [tracking],
  async (suite) => {
    const trip = await aDrivenTrip(suite)
    const [userId, ticketId] = [newId(), newId()]
    const { tenantId, tripId } = trip
    await suite.publish(TicketVoidedSchema, ticketId, { tenantId, tripId, ticketId })
    await suite.settle()
    await suite.publish(TicketIssuedSchema, newId(), { tenantId, tripId, userId, tickets: [{ ticketId }] })
    await suite.settle()
    const rival = (await aDrivenTrip(suite)).dispatcher
    for (const who of [{ userId }, { userId: newId() }, rival]) {
      const refused = suite.client(TrackingService, who).watchTrip({ tripId })[Symbol.asyncIterator]().next()
      await expect(refused).rejects.toSatisfy((err) => reasonOf(err) === 'TRIP_UNKNOWN')
    }
    const anybody = suite.client(TrackingService).watchTrip({ tripId })[Symbol.asyncIterator]().next()
    await expect(anybody).rejects.toSatisfy((err) => reasonOf(err) === 'TOKEN_MISSING')
  },
  { placements: ['memory'] },
)

placements(
  'a report that may not be made closes its socket, and says why',
  [tracking],
  async (suite, { port }) => {
    const trip = await aDrivenTrip(suite)
    const stranger = await socketOf(suite, port, { userId: newId(), tenantId: trip.tenantId })
    const sender = { case: 'tripId' as const, value: trip.tripId }
    report(stranger, { case: 'open', value: { recordingId: newId(), sender } as never })
    const { code, reason } = await stranger.ended()
    expect([code, reason.split(',')[0]]).toEqual([4440, 'REPORT_REFUSED: NOT_ASSIGNED'])
    const nobody = await TestClient.open(port)
    report(nobody, { case: 'open', value: { recordingId: newId(), sender } as never })
    expect(await nobody.ended()).toMatchObject({ code: 4408 })
    const device = await TestClient.open(port)
    const key = { case: 'deviceKey' as const, value: 'a key that nobody was given' }
    report(device, { case: 'open', value: { recordingId: newId(), sender: key } as never })
    expect((await device.ended()).reason).toContain('REPORT_REFUSED: DEVICE_KEY_INVALID')
  },
  { outside: onAPort, placements: ['memory'] },
)

placements(
  'a device reports by socket under its key, and what it says of the engine goes to the company and to no passenger [S3-167]',
  [company, tracking],
  async (suite, { port }) => {
    const bus = await aBus(suite)
    const trip = await aDrivenTrip(suite, bus)
    await tripBecomes(suite, trip, TripState.DEPARTED, 2n)
    const holder = await ticketHolder(suite, trip)
    const [passenger, late] = [await socketOf(suite, port, holder), await socketOf(suite, port, holder)]
    const dispatcher = await socketOf(suite, port, trip.dispatcher)
    const seen: (Position | undefined)[] = []
    const watching = new AbortController()
    const answers = suite.client(TrackingService, holder).watchTrip({ tripId: trip.tripId }, watching)
    const stream = (async () => {
      for await (const { updates } of answers) seen.push(...updates.map(({ position }) => position))
    })().catch(() => undefined)
    await passenger.follow(`trip:${trip.tripId}`)
    await passenger.follow(`bus:${trip.busId}`)
    await dispatcher.follow(`company:${trip.tenantId}:fleet`)

    const gps = await device(bus, port)
    const telematics = { ignitionOn: true, fuelPercent: 40, engineTemperatureCelsius: 92, doorOpen: false }
    const position = { ...onTheRoad(suite, 1, suite.clock.now().getTime() - 30_000), telematics }
    report(gps, { case: 'report', value: { positions: [position] } as never })
    await gps.until('reported', ({ frame }) => frame.case === 'ack' && frame.value.sequence === 1n)
    await seenBy(dispatcher, trip, 1)
    await seenBy(passenger, trip, 1)
    await vi.waitFor(() => expect(seen).toHaveLength(1), { timeout: 20_000 })
    await vi.waitFor(async () =>
      expect(await suite.redis.exists(`${suite.namespace}:bus:${trip.busId}:location`)).toBe(1),
    )
    await late.follow(`trip:${trip.tripId}`)
    expect(late.sequencesOf(trip.busId)).toEqual([1])
    expect(dispatcher.updates()[0]?.position?.telematics).toMatchObject(telematics)
    const shown = [...passenger.updates(), ...late.updates()].map((update) => update.position)
    expect([...shown, ...seen].map((one) => [one?.busId, one?.telematics])).toEqual(
      Array.from({ length: 3 }, () => [trip.busId, undefined]),
    )
    watching.abort()
    await stream
    for (const client of [passenger, late, dispatcher, gps]) client.close()
  },
  { outside: onAPort, placements: ['memory'] },
)

placements(
  'a session that is ended closes its sockets, whatever they do, and no others of the account',
  [tracking],
  async (suite, { port }) => {
    const trip = await aDrivenTrip(suite)
    const holder = await ticketHolder(suite, trip)
    const [sessionId, other] = [newId(), newId()]
    const [ended, silent] = [
      await socketOf(suite, port, { ...holder, sessionId }),
      await socketOf(suite, port, { ...holder, sessionId }),
    ]
    const stays = await socketOf(suite, port, { ...holder, sessionId: other })
    for (const client of [ended, stays]) await client.follow(`trip:${trip.tripId}`)
    await suite.publish(SessionRevokedSchema, sessionId, { sessionId, userId: holder.userId })
    for (const client of [ended, silent]) {
      const { code, reason } = await client.ended()
      expect([code, reason.split(',')[0]]).toEqual([4401, 'SIGN_IN_REFUSED: SESSION_REVOKED'])
    }
    const { driver, measure } = await driving(suite, port, trip)
    measure(1)
    await seenBy(stays, trip, 1)
    expect(ended.updates()).toEqual([])
    for (const client of [stays, driver]) client.close()
  },
  {
    outside: onAPort,
    placements: ['memory'],
    revocation: { schema: SessionRevokedSchema, sessionOf: (event) => (event as SessionRevoked).sessionId },
  },
)
