import type { DescService } from '@bufbuild/protobuf'
import { createClient, type Interceptor, type Transport } from '@connectrpc/connect'
import { createConnectTransport } from '@connectrpc/connect-node'
import { Redis } from 'ioredis'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { inject } from 'vitest'
import {
  createLogger,
  durationMs,
  FakeClock,
  type Host,
  type InfraUrls,
  newUuidV7,
  startHost,
  storedServiceKeys,
} from '#kit'
import { createTestDatabase, testIssuer } from '#kit/testing'
import { freePort } from '../../../../deploy/local/index.ts'
import payment from '../../service.ts'
import { eventually } from '../orders.ts'
import { paymentWorld, type PaymentWorld } from '../outside.ts'
import type { Stage } from '../stage.ts'
import { begin, type Birth, type Life } from './life.ts'
import { type Pipe, startPipe, startWire, type Wire } from './wire.ts'

export type { Hold, Wire } from './wire.ts'

/** The payment service as a process that can be killed, and everything around it, which survives. */
export type Mortal = {
  readonly stage: Stage
  readonly world: PaymentWorld
  /** The way to the providers. */
  readonly wire: Wire
  /** The way to JetStream. */
  readonly events: Pipe
  /** By SIGKILL, with the connections that its database has not noticed to be dead. */
  readonly kill: () => Promise<void>
  /** Starts another in its place. */
  readonly revive: () => Promise<void>
  /** Lets time pass until nothing is left to be done: no payment, refund or payout without an outcome, no event untold. */
  readonly rest: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** Breakers let calls through again soon. */
const ENV = {
  PAYPAL_WEBHOOK_CHECK: 'online',
  PAYMENT_BREAKER_SECONDS: '1',
  PAYMENT_RECONCILIATION_HOUR: '-1',
}

/** How long the process waits for an answer of any provider. */
const patience = (ms: number) =>
  Object.fromEntries(['MPESA', 'MTN', 'AIRTEL', 'PAYPAL'].map((name) => [`${name}_TIMEOUT_MS`, ms.toString()]))

/** Starts sandbox, database and process. @param waitMs how long it waits for a provider's answer: providers may hang */
export async function startMortal(waitMs = 1_500): Promise<Mortal> {
  const database = await createTestDatabase(inject('DATABASE_URL'), [payment])
  const world = await paymentWorld()
  const wire = await startWire(world.sandbox.baseUrl)
  const events = await startPipe(new URL(inject('NATS_URL')))
  const keysDir = mkdtempSync(join(tmpdir(), 'tms-mortal-'))
  const issuer = await testIssuer()
  const clock = new FakeClock('2026-11-20T06:00:00Z')
  const namespace = `m${newUuidV7(Date.now()).replaceAll('-', '').slice(-12)}`
  const redisUrl = inject('REDIS_URL')
  const redis = new Redis(redisUrl)
  const sql = postgres(database.url, { max: 3, onnotice: () => {}, connection: { search_path: 'payment, public' } })
  const birth: Omit<Birth, 'now'> = {
    infra: { databaseUrl: database.url, redisUrl, natsUrl: `nats://127.0.0.1:${events.port}` },
    namespace,
    keysDir,
    userKeys: issuer.keys,
    port: await freePort(),
    env: { ...pointedAt(world, wire), ...patience(waitMs), ...ENV },
  }
  const url = `http://127.0.0.1:${birth.port}`
  // One by one: two callers at once would each make a pair.
  for (const caller of ['payment', 'ticketing', 'gateway']) await storedServiceKeys(keysDir).privateKey(caller)
  let life: Life | undefined
  let observer: Host | undefined

  const alive = <T>(thing: T | undefined): T => {
    if (!thing) throw new Error('the process is dead')
    return thing
  }
  const stage: Stage = {
    clock,
    redis,
    namespace,
    sql: () => sql,
    peer: (service, caller) => alive(observer).clientAs(caller, service),
    client: (service, who) => clientOf(url, service, who && (() => issuer.sign(who))),
    advance: async ({ seconds = 0, ...others }) => {
      const all = seconds + durationMs(others) / 1_000
      clock.advance({ seconds: all })
      await alive(life).advance(all)
    },
  }
  const revive = async () => {
    life = await begin({ ...birth, now: clock.now().toISOString() })
    // A breaker that the dead one opened is not the new one's.
    observer = await observerOf(birth.infra, keysDir, url)
    world.connect(stage)
  }
  const kill = async () => {
    world.connect(undefined)
    await life?.kill()
    life = undefined
    await observer?.stop()
    observer = undefined
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and usename <> current_user`
  }
  await revive()

  return {
    stage,
    world,
    wire,
    events,
    kill,
    revive,
    rest: () => rest(stage, sql),
    stop: async () => {
      await kill()
      await Promise.all([wire.stop(), world.stop(), events.stop()])
      redis.disconnect()
      await sql.end({ timeout: 1 })
      await database.drop()
      rmSync(keysDir, { recursive: true, force: true })
    },
  }
}

/** The sandbox's address becomes the wire's in all that payment is told. */
function pointedAt({ env, sandbox }: PaymentWorld, wire: Wire): Record<string, string> {
  const entries = Object.entries(env).map(([name, value]) => [name, value.replace(sandbox.baseUrl, wire.url)])
  return Object.fromEntries(entries) as Record<string, string>
}

/** What has no outcome yet, and what nobody was told of. */
async function unfinished(sql: postgres.Sql): Promise<string[]> {
  const rows = await sql<{ what: string }[]>`
    select 'attempt ' || provider || ' ' || state as what from payment_attempt
      where state in ('CREATED', 'RETRYING', 'PENDING', 'UNKNOWN')
    union all select 'refund ' || provider || ' ' || state from payment_refund
      where state in ('CREATED', 'RETRYING', 'PENDING', 'UNKNOWN')
    union all select 'payout ' || provider || ' ' || state from payout
      where state in ('APPROVED', 'SENDING', 'RETRYING', 'PENDING', 'UNKNOWN')
    union all select 'intent PROCESSING' from payment_intent where state = 'PROCESSING'
    union all select 'event' from outbox where publish_time is null`
  return rows.map(({ what }) => what)
}

/** What waits for a prompt or for a provider is over in a quarter of an hour, and the longest pause is ten minutes. */
const ROUNDS = 60

async function rest(stage: Stage, sql: postgres.Sql): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    const waiting = (await unfinished(sql)).filter((what) => what !== 'event')
    if (waiting.length === 0) break
    if (round === ROUNDS - 1) throw new Error(`pending for ever: ${waiting.join(', ')}`)
    await stage.advance({ seconds: round < 20 ? 46 : 300 })
  }
  await eventually(async () => ((await unfinished(sql)).length === 0 ? true : undefined), 'every event told')
}

/** Says that it is a service of the suite, without hosting one. */
function observerOf(infra: InfraUrls, keysDir: string, url: string): Promise<Host> {
  return startHost({
    services: [],
    infra,
    namespace: '',
    env: {},
    clock: new FakeClock(new Date()),
    newId: () => newUuidV7(Date.now()),
    log: createLogger('silent'),
    keys: storedServiceKeys(keysDir),
    userKeys: () => Promise.resolve([]),
    revocation: undefined,
    peerUrl: () => url,
    inner: undefined,
    apart: false,
    jobTimers: false,
    deliveries: 1,
    ackWaitMs: 1_000,
    poolSize: 1,
    wrapTransport: (transport) => transport,
  })
}

function clientOf<S extends DescService>(url: string, service: S, token: (() => Promise<string>) | undefined) {
  return createClient(service, userTransport(url, token))
}

function userTransport(baseUrl: string, sign: (() => Promise<string>) | undefined): Transport {
  let token: Promise<string> | undefined
  const signedIn: Interceptor = (next) => async (call) => {
    if (sign) call.header.set('authorization', `Bearer ${await (token ??= sign())}`)
    return next(call)
  }
  return createConnectTransport({ baseUrl, httpVersion: '1.1', interceptors: [signedIn] })
}
