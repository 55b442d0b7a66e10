import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { Code, type ConnectError } from '@connectrpc/connect'
import { describe, expect } from 'vitest'
import { AuthService } from '../../gen/tms/auth/v1/auth_service_pb.ts'
import { CodeRequestedSchema, type SessionRevoked, SessionRevokedSchema } from '../../gen/tms/auth/v1/events_pb.ts'
import { SeatClass } from '../../gen/tms/company/v1/layout_pb.ts'
import { PaymentIntent_State as State } from '../../gen/tms/payment/v1/payment_intent_pb.ts'
import { PaymentService } from '../../gen/tms/payment/v1/payment_service_pb.ts'
import { ProbeService } from '../../gen/tms/probe/v1/probe_pb.ts'
import { QrService } from '../../gen/tms/qr/v1/qr_service_pb.ts'
import { gatewayTo } from '../../gateway/service.ts'
import { aPort } from '../../gateway/testing.ts'
import auth from '../../services/auth/service.ts'
import { newUuidV7 } from '../../services/kit/index.ts'
import { placements, type Suite, type SuiteOptions } from '../../services/kit/testing/index.ts'
import { probe } from '../../services/kit/testing/probe/service.ts'
import payment from '../../services/payment/service.ts'
import qr from '../../services/qr/service.ts'
import {
  checkTicket,
  createTms as createFetchTms,
  importTicketKeys,
  memoryStorage,
  reasonOf,
  type Tms,
} from './src/index.ts'
import { createTms as createNodeTms } from './src/node.ts'

const gateway = gatewayTo([AuthService, PaymentService, ProbeService, QrService])

/** A suite whose services trust the tokens that auth signs; the clock begins now, as tokens are compared with the wall's. */
const options = {
  now: new Date().toISOString(),
  outside: () => aPort(),
  env: { AUTH_ARGON2_MEMORY_KIB: '64', AUTH_ARGON2_PASSES: '1' },
  userKeys: async (client) => {
    const { keys } = await client(AuthService).listSigningKeys({})
    return keys.map(({ keyId, keyType, curve, x }) => ({ kid: keyId, kty: keyType, crv: curve, x, alg: 'EdDSA' }))
  },
  revocation: { schema: SessionRevokedSchema, sessionOf: (event) => (event as SessionRevoked).sessionId },
} satisfies SuiteOptions & { outside: unknown }

const once = { ...options, placements: ['memory'] as const }

/** Auth's clock stands eleven minutes back: what it signs has run out by the clock on the wall. */
const slow = { ...once, now: new Date(Date.now() - 11 * 60_000).toISOString() }

/** The same client by each of its transports. */
const makers: Record<string, (baseUrl: string) => Tms> = {
  'fetch, as in a browser': (baseUrl) => createFetchTms({ baseUrl, language: 'rw' }),
  'Connect over HTTP/2': (baseUrl) => createNodeTms({ baseUrl, language: 'rw' }),
  gRPC: (baseUrl) => createNodeTms({ baseUrl, language: 'rw', protocol: 'grpc' }),
}

async function codeSentTo(suite: Suite, phone: string): Promise<string> {
  const events = await suite.published(CodeRequestedSchema)
  return events.filter((event) => event.phone === phone).at(-1)?.code ?? ''
}

describe.each(Object.entries(makers))('%s', (_, make) => {
  placements(
    'a guest signs up, signs in on another device, and signs out',
    [auth, probe, gateway],
    async (suite, { baseUrl }) => {
      const [phone, password] = ['+250788123456', 'Ubumwe-n-Amahoro-1962-Rwanda']
      const [tms, other] = [make(baseUrl), make(baseUrl)]
      const guest = await tms.session.asGuest()
      expect((await tms.client(ProbeService).echo({ text: 'hi' })).userId).toBe(guest.userId)
      expect(await tms.session.asGuest()).toEqual(guest)

      const pending = await tms.session.signUp({ phone }, password, 'Alice Uwase')
      const alice = await pending.confirm(await codeSentTo(suite, phone))
      expect(alice).toMatchObject({ userId: guest.userId, language: 'rw', phone, roles: ['passenger'] })
      expect([tms.session.can('ticketing.bookings.create'), tms.session.can('company.buses.create')]).toEqual([
        true,
        false,
      ])

      expect((await other.session.signIn({ phone }, password)).userId).toBe(alice.userId)
      suite.clock.advance({ minutes: 2 }) // codes are not sent more often
      await other.session.requestCode({ phone })
      await other.session.signInWithCode({ phone }, await codeSentTo(suite, phone))
      const devices = []
      for await (const device of other.pages(other.auth.listSessions, { pageSize: 1 }, 'sessions')) devices.push(device)
      expect(devices.length).toBeGreaterThanOrEqual(3)

      const wrong = (await tms.session.signIn({ phone }, 'wrong').catch((err: unknown) => err)) as ConnectError
      expect(reasonOf(wrong)).toBe('CREDENTIALS_WRONG')
      expect((await tms.session.profile())?.displayName).toBe('Alice Uwase')

      await other.session.signOutEverywhere()
      await suite.settle()
      expect(other.session.current).toBeUndefined()
      const ended = (await tms.session.profile().catch((err: unknown) => err)) as ConnectError
      expect(ended.code).toBe(Code.Unauthenticated)
      expect(tms.session.current).toBeUndefined() // the refusal ended it here as well
      tms.close()
      other.close()
    },
    once,
  )

  placements(
    'a token that ran out is refreshed once for all calls that meet it, and none of them fails',
    [auth, probe, gateway],
    async (suite, { baseUrl }) => {
      const tms = make(baseUrl)
      const guest = await tms.session.asGuest()
      const stale = (await tms.auth.getProfile({}).catch((err: unknown) => err)) as ConnectError
      expect(reasonOf(stale)).toBe('TOKEN_EXPIRED') // also the refreshed one
      suite.clock.advance({ minutes: 11 })
      const answers = await Promise.all(Array.from({ length: 20 }, () => tms.client(ProbeService).echo({ text: 'hi' })))
      expect(new Set(answers.map(({ userId }) => userId))).toEqual(new Set([guest.userId]))
      tms.close()
    },
    slow,
  )

  placements(
    'a payment is followed to its end',
    [auth, payment, gateway],
    async (suite, { baseUrl }) => {
      const tms = make(baseUrl)
      const { userId } = await tms.session.asGuest()
      const paymentIntentId = await anIntent(suite, userId)
      const states: State[] = []
      for await (const { state } of tms.watchPayment(paymentIntentId)) {
        states.push(state)
        if (state !== State.REQUIRES_PAYMENT) break
        await suite.peer(PaymentService, 'ticketing').cancelPaymentIntent({ paymentIntentId })
      }
      expect(states).toEqual([State.REQUIRES_PAYMENT, State.CANCELLED])
      tms.close()
    },
    once,
  )
})

async function anIntent(suite: Suite, payerUserId: string): Promise<string> {
  const paymentIntentId = newUuidV7(Date.now())
  await suite.peer(PaymentService, 'ticketing').createPaymentIntent({
    paymentIntentId,
    tenantId: newUuidV7(Date.now()),
    payerUserId,
    amount: { currencyCode: 'RWF', units: 4_500n },
    orderId: newUuidV7(Date.now()),
    orderReference: 'BK7Q2M',
    description: 'Kigali to Huye, seat 3B',
    expireTime: timestampFromMs(suite.clock.now().getTime() + 600_000),
  })
  return paymentIntentId
}

/** A `fetch` whose network does what the test says. */
function badNetwork(happens: (send: () => Promise<Response>, count: number) => Promise<Response>): typeof fetch {
  let count = 0
  return (input, init) => happens(() => fetch(input, init), ++count)
}

const lost = () => new TypeError('fetch failed')

placements(
  'an answer that was lost is asked for again under the same key, and has its effect once',
  [probe, gateway],
  async (suite, { baseUrl }) => {
    const token = await suite.token({ tenantId: newUuidV7(Date.now()), permissions: ['probe.notes.create'] })
    const authorized = { headers: { authorization: `Bearer ${token}` } }
    let sent = 0
    const tms = createFetchTms({
      baseUrl,
      retry: { firstWaitMs: 5 },
      fetch: badNetwork(async (send, count) => {
        if (count === 1) throw lost()
        await (await send()).arrayBuffer()
        sent += 1
        if (count === 2) throw lost()
        return send()
      }),
    })
    // No key is given: the client makes one, and keeps it for its repeats.
    const { note } = await tms.client(ProbeService).createNote({ text: 'once' }, authorized)
    expect(sent).toBe(2)
    expect(note?.noteId).toMatch(/^[0-9a-f-]{14}7/)
    expect(await suite.sql('probe')`select text from note`).toEqual([{ text: 'once' }])
  },
  options,
)

placements(
  'a stream whose connection breaks is followed over the next one',
  [auth, payment, gateway],
  async (suite, { baseUrl }) => {
    let watches = 0
    let cancelled: Promise<void> | undefined
    const tms = createFetchTms({
      baseUrl,
      retry: { firstWaitMs: 5 },
      fetch: async (input, init) => {
        const response = await fetch(input, init)
        if (!response.url.endsWith('/WatchPaymentIntent') || ++watches > 2) return response
        return cutAfterFirstChunk(response)
      },
    })
    const { userId } = await tms.session.asGuest()
    const paymentIntentId = await anIntent(suite, userId)
    const states: State[] = []
    for await (const { state } of tms.watchPayment(paymentIntentId)) {
      states.push(state)
      cancelled ??= cancelLater(suite, paymentIntentId)
    }
    await cancelled
    expect(states).toEqual([State.REQUIRES_PAYMENT, State.CANCELLED])
    expect(watches).toBe(3)
    tms.close()
  },
  once,
)

async function cancelLater(suite: Suite, paymentIntentId: string): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 300))
  await suite.peer(PaymentService, 'ticketing').cancelPaymentIntent({ paymentIntentId })
}

function cutAfterFirstChunk(response: Response): Response {
  const reader = response.body?.getReader()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value } = (await reader?.read()) ?? {}
      if (value) controller.enqueue(value)
      await reader?.cancel()
      setTimeout(() => {
        controller.error(lost())
      }, 20)
    },
  })
  return new Response(body, { status: response.status, headers: response.headers })
}

placements(
  'two tabs that share a storage share the session, also when both refresh at once',
  [auth, probe, gateway],
  async (suite, { baseUrl }) => {
    const storage = memoryStorage()
    const tabs = [createFetchTms({ baseUrl, storage }), createFetchTms({ baseUrl, storage })] as const
    const guest = await tabs[0].session.asGuest()
    const second = createFetchTms({ baseUrl, storage })
    await second.session.ready()
    expect(second.session.current).toEqual(guest)
    suite.clock.advance({ minutes: 11 })
    const answers = await Promise.all([tabs[0], second].map((tab) => tab.client(ProbeService).echo({ text: 'hi' })))
    expect(answers.map(({ userId }) => userId)).toEqual([guest.userId, guest.userId])
    for (const tab of [...tabs, second]) tab.close()
  },
  slow,
)

placements(
  'a device without a network tells good tickets from bad ones, and why',
  [qr, gateway],
  async (suite, { baseUrl }) => {
    const tms = createNodeTms({ baseUrl })
    const ids = { ticketId: newUuidV7(Date.now()), tripId: newUuidV7(Date.now()), tenantId: newUuidV7(Date.now()) }
    const departure = suite.clock.now().getTime() + 3_600_000
    const { tickets } = await suite.peer(QrService, 'ticketing').signTickets({
      payloads: [
        {
          ...ids,
          bookingCode: 'K7QM2R',
          passengerName: 'Uwase Émérence',
          seatLabel: '3B',
          seatClass: SeatClass.STANDARD,
          fromSequence: 1,
          toSequence: 4,
          serviceDate: '2026-11-20',
          departureTime: timestampFromMs(departure),
          expireTime: timestampFromMs(departure + 3_600_000),
        },
      ],
    })
    const code = tickets[0]?.code ?? ''
    const listed = []
    for await (const key of tms.pages(tms.qr.listVerificationKeys, {}, 'keys')) listed.push(key)
    const keys = await importTicketKeys(listed)
    tms.close()

    const here = { tenantId: ids.tenantId, tripId: ids.tripId, stopSequence: 1, now: new Date(departure) }
    const nothing = { revoked: new Set<string>(), boarded: new Set<string>() }
    const other = (change: Partial<typeof here>) => checkTicket(code, keys, { ...here, ...change }, nothing)
    expect(await checkTicket(code, keys, here, nothing)).toMatchObject({
      result: 'VALID',
      ticket: { ...ids, passengerName: 'Uwase Émérence', seatLabel: '3B', serviceDate: '2026-11-20' },
    })
    const marked = new Set([ids.ticketId])
    const results = await Promise.all([
      other({ tripId: newUuidV7(Date.now()) }),
      other({ stopSequence: 0 }),
      other({ stopSequence: 4 }),
      other({ now: new Date(departure + 3_600_000) }),
      checkTicket(code, keys, here, { ...nothing, revoked: marked }),
      checkTicket(code, keys, here, { ...nothing, boarded: marked }),
      checkTicket(code, new Map(), here, nothing),
      checkTicket(
        code.replace(/.(?=.{170}$)/, (letter) => (letter === 'A' ? 'B' : 'A')),
        keys,
        here,
        nothing,
      ),
      checkTicket(code.slice(0, 60), keys, here, nothing),
      checkTicket('https://example.com', keys, here, nothing),
    ])
    expect(results.map(({ result }) => result)).toEqual([
      'WRONG_TRIP',
      'WRONG_LEG',
      'WRONG_LEG',
      'EXPIRED',
      'REVOKED',
      'ALREADY_BOARDED',
      'UNKNOWN_KEY',
      'TAMPERED',
      'MALFORMED',
      'MALFORMED',
    ])
  },
  once,
)
