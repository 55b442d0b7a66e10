import { create } from '@bufbuild/protobuf'
import { createClient, type ConnectError } from '@connectrpc/connect'
import { createServer, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { AuthService } from '../../gen/tms/auth/v1/auth_service_pb.ts'
import { type SessionRevoked, SessionRevokedSchema } from '../../gen/tms/auth/v1/events_pb.ts'
import { TicketIssuedSchema, TicketVoidedSchema } from '../../gen/tms/ticketing/v1/events_pb.ts'
import { StreamPositionsRequestSchema, TrackingService } from '../../gen/tms/tracking/v1/tracking_service_pb.ts'
import { gatewayTo } from '../../gateway/service.ts'
import { freePort } from '../../deploy/local/index.ts'
import { aPort } from '../../gateway/testing.ts'
import auth from '../../services/auth/service.ts'
import { newUuidV7 } from '../../services/kit/index.ts'
import { placements, type Suite, type SuiteOptions } from '../../services/kit/testing/index.ts'
import type { LiveNode } from '../../services/tracking/live/node.ts'
import { TestClient } from '../../services/tracking/live/testing/client.ts'
import { type Stage, startStage } from '../../services/tracking/live/testing/stage.ts'
import tracking from '../../services/tracking/service.ts'
import { aDrivenTrip, type Driven, onTheRoad } from '../../services/tracking/testing/world.ts'
import {
  createTms,
  followBus,
  type FollowClient,
  followFleet,
  type Follower,
  type FollowOptions,
  followTrip,
  reasonOf,
} from './src/index.ts'
import { fetchTransport } from './src/transport.ts'

const PATIENT = { timeout: 20_000, interval: 10 }

const wait = (condition: () => void) => vi.waitFor(condition, PATIENT)

/** Reads a follower as a page does, and keeps what it was given. */
function read(follower: Follower) {
  const sequences: number[] = []
  const states: string[] = []
  const over = (async () => {
    for await (const { state, updates } of follower) {
      const said = state.kind === 'LIVE' ? `LIVE by ${state.by}` : state.kind
      if (states.at(-1) !== said) states.push(said)
      for (const { position } of updates) sequences.push(Number(position?.sequence))
    }
  })().then(
    () => undefined,
    (err: unknown) => err as ConnectError,
  )
  return { follower, sequences, states, over }
}

describe('a passenger of the suite', () => {
  const gateway = gatewayTo([AuthService, TrackingService])

  /** Real sessions and real tickets, as far as events tell of them. */
  const options = {
    now: new Date().toISOString(),
    outside: async () => {
      const { env, baseUrl } = await aPort()
      const livePort = await freePort()
      return { baseUrl, livePort, env: { ...env, TRACKING_LIVE_PORT: livePort.toString() } }
    },
    env: {
      AUTH_ARGON2_MEMORY_KIB: '64',
      AUTH_ARGON2_PASSES: '1',
      TRACKING_LIVE_DRAIN_SECONDS: '0',
      TRACKING_LIVE_RECHECK_SECONDS: '1',
    },
    userKeys: async (client) => {
      const { keys } = await client(AuthService).listSigningKeys({})
      return keys.map(({ keyId, keyType, curve, x }) => ({ kid: keyId, kty: keyType, crv: curve, x, alg: 'EdDSA' }))
    },
    revocation: { schema: SessionRevokedSchema, sessionOf: (event) => (event as SessionRevoked).sessionId },
    placements: ['memory'] as const,
  } satisfies SuiteOptions & { outside: unknown; placements: unknown }

  async function issueTicket(suite: Suite, { tenantId, tripId }: Driven, userId: string): Promise<string> {
    const [bookingId, ticketId] = [newUuidV7(Date.now()), newUuidV7(Date.now())]
    const tickets = [{ ticketId }]
    await suite.publish(TicketIssuedSchema, bookingId, { tenantId, tripId, userId, bookingId, tickets })
    await suite.settle()
    return ticketId
  }

  /** The driver's phone, by WebSocket. */
  async function drive(suite: Suite, port: number, trip: Driven) {
    const driver = await TestClient.signedIn(port, await suite.token(trip.driver))
    const say = (frame: object) =>
      driver.say({ case: 'report', value: create(StreamPositionsRequestSchema, { frame: frame as never }) })
    const sender = { case: 'tripId', value: trip.tripId }
    say({ case: 'open', value: { recordingId: newUuidV7(Date.now()), sender } })
    await driver.until('reported', ({ frame }) => frame.case === 'opened')
    const startMs = suite.clock.now().getTime() - 30_000
    return {
      measure: (sequence: number) =>
        say({ case: 'report', value: { positions: [onTheRoad(suite, sequence, startMs)] } }),
      end: () => driver.close(),
    }
  }

  placements(
    'follows the bus of a ticket by socket in both formats, by stream where no socket gets through, until it is given back [S1-51, S2-67, S2-114]',
    [auth, tracking, gateway],
    async (suite, { baseUrl, livePort }) => {
      const trip = await aDrivenTrip(suite)
      const tms = createTms({ baseUrl })
      const { userId } = await tms.session.asGuest()
      for (const options of [{}, { format: 'json' as const }, { urls: [] }]) {
        expect(reasonOf(await read(followTrip(tms, trip.tripId, options)).over)).toBe('TRIP_UNKNOWN')
      }
      expect(reasonOf(await read(followBus(tms, trip.busId)).over)).toBe('BUS_UNKNOWN')
      expect(reasonOf(await read(followFleet(tms, trip.tenantId)).over)).toBe('PERMISSION_MISSING')

      const ticketId = await issueTicket(suite, trip, userId)
      const nobodyThere = [`ws://127.0.0.1:${await freePort()}/live`]
      const pages = [
        read(followTrip(tms, trip.tripId)),
        read(followTrip(tms, trip.tripId, { format: 'json' })),
        read(followBus(tms, trip.busId)),
        read(followTrip(tms, trip.tripId, { urls: nobodyThere })),
      ]
      const bus = await drive(suite, livePort, trip)
      for (const sequence of [1, 2]) {
        bus.measure(sequence)
        await wait(() => expect(pages.map(({ sequences }) => sequences.at(-1))).toEqual(pages.map(() => sequence)))
      }
      expect(pages.map(({ states }) => states.at(-1))).toEqual([
        ...Array<string>(3).fill('LIVE by SOCKET'),
        'LIVE by STREAM',
      ])
      const late = read(followTrip(tms, trip.tripId))
      await wait(() => expect(late.sequences).toEqual([2]))

      const { tenantId, tripId } = trip
      await suite.publish(TicketVoidedSchema, ticketId, { tenantId, tripId, ticketId })
      await suite.settle()
      for (const { over } of [...pages, late]) expect(await over).toBeUndefined()
      bus.end()
      tms.close()
    },
    options,
  )

  placements(
    'follows no more when the session was ended elsewhere, and is told why',
    [auth, tracking, gateway],
    async (suite, { baseUrl }) => {
      const trip = await aDrivenTrip(suite)
      const tms = createTms({ baseUrl })
      const { userId } = await tms.session.asGuest()
      await issueTicket(suite, trip, userId)
      const page = read(followTrip(tms, trip.tripId))
      await wait(() => expect(page.states).toContain('LIVE by SOCKET'))
      await tms.auth.logOutEverywhere({})
      await suite.settle()
      expect(reasonOf(await page.over)).toBe('SESSION_REVOKED')
      tms.close()
    },
    options,
  )
})

describe('a connection', () => {
  let stage: Stage
  let node: LiveNode
  let sequence = 0
  let trip: string

  beforeAll(async () => {
    stage = await startStage()
    node = await stage.openNode()
    trip = `trip:${stage.tripId}`
  })

  afterAll(() => stage.stop())

  const urlOf = ({ port }: { readonly port: number }) => `ws://127.0.0.1:${port}/live`

  /** A client whose tokens the test gives out; calls lead nowhere. */
  async function holder(make?: (userId: string) => Promise<string>) {
    const { userId, token } = await stage.passenger()
    const listeners = new Set<() => void>()
    let current: string | undefined = make ? await make(userId) : token
    const transport = fetchTransport(`http://127.0.0.1:${await freePort()}`, fetch, [])
    const client: FollowClient = {
      client: (service) => createClient(service, transport),
      session: {
        token: () => Promise.resolve(current),
        renewAfter: () => {
          current = undefined // auth refuses as well, and the session is forgotten
          return Promise.resolve(false)
        },
        onToken: (listener) => {
          listeners.add(listener)
          return () => listeners.delete(listener)
        },
      },
    }
    const renew = async () => {
      current = await stage.suite.token({ userId })
      for (const listener of listeners) listener()
    }
    return { client, renew, listeners }
  }

  const quick: FollowOptions = { firstWaitMs: 20, longestWaitMs: 100 }

  async function move(): Promise<number> {
    const next = ++sequence
    stage.present.splice(0, stage.present.length, stage.position(next))
    await stage.publish(trip, stage.position(next))
    return next
  }

  async function live(client: FollowClient, options: FollowOptions) {
    const page = read(followTrip(client, stage.tripId, { ...quick, ...options }))
    await wait(() => expect(page.states.at(-1)).toBe('LIVE by SOCKET'))
    return page
  }

  test('goes on with a newer token, past the end of the first', async () => {
    const short = (userId: string) => stage.suite.token({ userId }, { expiresInSeconds: 2 })
    const [kept, left] = [await holder(short), await holder(short)]
    const renewed = await live(kept.client, { urls: [urlOf(node)] })
    const forgotten = await live(left.client, { urls: [urlOf(node)], format: 'json' })
    await kept.renew()
    expect(reasonOf(await forgotten.over)).toBe('TOKEN_EXPIRED')
    const seen = await move()
    await wait(() => expect(renewed.sequences).toContain(seen))
    expect(renewed.states).not.toContain('LAST_SEEN')
    renewed.follower.close()
    expect(await renewed.over).toBeUndefined()
  })

  test('moves from a node that stops to another, after what it was asked to wait, and misses nothing that stays true', async () => {
    // A port that a node was given, rather than chose, can be had again at once.
    const leaving = await stage.openNode({ livePort: await freePort(), liveDrainSeconds: 2 })
    const { client } = await holder()
    const page = await live(client, { urls: [urlOf(leaving)] })
    // It leaves by itself before the node would close it: a node is stopped when its sockets are gone.
    await leaving.stop()
    const missed = await move()
    const again = await stage.openNode({ livePort: leaving.port })
    await wait(() => expect(page.sequences).toContain(missed))
    const seen = await move()
    await wait(() => expect(page.sequences).toContain(seen))
    expect(page.states).toContain('LAST_SEEN')
    page.follower.close()
    await again.stop()
  })

  test('finds another node when one is away, and an old position of it is not told again', async () => {
    const { client } = await holder()
    const seen = await move()
    const nobodyThere = `ws://127.0.0.1:${await freePort()}/live`
    const pages = []
    for (let count = 0; count < 6; count++) pages.push(await live(client, { urls: [nobodyThere, urlOf(node)] }))
    await stage.publish(trip, stage.position(seen - 1), stage.position(seen))
    const next = await move()
    for (const { follower, sequences } of pages) {
      await wait(() => expect(sequences).toContain(next))
      expect(sequences).toEqual([seen, next])
      follower.close()
    }
  })

  test('that went silent without an end is given up, and made again', async () => {
    const quiet = await stage.openNode({ liveIdleSeconds: 8 })
    const proxy = await silencer(quiet.port)
    const { client } = await holder()
    const page = await live(client, { urls: [`ws://127.0.0.1:${proxy.port}/live`] })
    proxy.silence()
    const missed = await move()
    await wait(() => expect(page.states).toContain('LAST_SEEN'))
    await wait(() => expect(page.sequences).toContain(missed))
    page.follower.close()
    proxy.close()
    await quiet.stop()
  })

  test('is closed with the loop that reads it, and leaves nothing behind', async () => {
    const { client, listeners } = await holder()
    const own = await stage.openNode({ liveMaxPerAccount: 1 })
    const controller = new AbortController()
    const leave = [
      async (follower: Follower) => {
        for await (const { state } of follower) if (state.kind === 'LIVE') break
      },
      async (follower: Follower) => {
        for await (const { state } of follower) if (state.kind === 'LIVE') follower.close()
      },
      async (follower: Follower) => {
        for await (const { state } of follower) if (state.kind === 'LIVE') controller.abort()
      },
    ]
    for (const one of leave) {
      // The node takes one socket of an account: each finds the one before gone.
      await one(followTrip(client, stage.tripId, { ...quick, urls: [urlOf(own)], signal: controller.signal }))
      expect(listeners.size).toBe(0)
    }
    await own.stop()
  })

  test('gives a reader that is slow the newest of each bus, once', async () => {
    const { client } = await holder()
    const follower = followTrip(client, stage.tripId, { ...quick, urls: [urlOf(node)] })
    while (follower.state.kind !== 'LIVE') await follower.next()
    for (let count = 0; count < 50; count++) await move()
    const last = await move()
    await wait(() => expect(Number(follower.positions.get(stage.busId)?.position?.sequence)).toBe(last))
    const { value } = await follower.next()
    expect(value?.updates.map(({ position }) => Number(position?.sequence))).toEqual([last])
    await follower.return()
    expect(await follower.next()).toEqual({ done: true, value: undefined })
  })
})

/** Passes bytes on until it is told to swallow those of the connections that are open then. */
async function silencer(to: number) {
  const { connect } = await import('node:net')
  let silenced = 0
  let count = 0
  const ends: (() => void)[] = []
  const server: Server = createServer((near) => {
    const number = ++count
    const far = connect(to, '127.0.0.1')
    const pass = (chunk: Buffer, target: typeof far) => void (number > silenced && target.write(chunk))
    near.on('data', (chunk) => pass(chunk, far)).on('error', () => far.destroy())
    far.on('data', (chunk) => pass(chunk, near)).on('error', () => near.destroy())
    ends.push(() => [near, far].forEach((socket) => socket.destroy()))
  })
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
  )
  return {
    port,
    silence: () => void (silenced = count),
    close: () => {
      for (const end of ends) end()
      server.close()
    },
  }
}
