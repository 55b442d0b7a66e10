import {
  type DescMessage,
  type DescService,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
} from '@bufbuild/protobuf'
import { type Client, createClient, type Transport } from '@connectrpc/connect'
import type { Redis } from 'ioredis'
import { setTimeout as sleep } from 'node:timers/promises'
import postgres, { type Sql } from 'postgres'
import { inject } from 'vitest'
import type { Bus } from '../events/bus.ts'
import { envelopeFrom } from '../events/consumer.ts'
import { newEvent } from '../events/outbox.ts'
import { openInfra } from '../host/infra.ts'
import { type Host, type HostOptions, startHost } from '../host/host.ts'
import { runJob } from '../host/jobs.ts'
import { ephemeralServiceKeys } from '../identity/service_keys.ts'
import { ownerOf } from '../policy.ts'
import type { Service } from '../service.ts'
import { createLogger } from '../telemetry/log.ts'
import { type Duration, FakeClock } from '../values/clock.ts'
import { newUuidV7 } from '../values/uuid.ts'
import { createTestDatabase } from './database.ts'
import { type TestIssuer, testIssuer, type TokenFlaws, type Who } from './tokens.ts'
import { sendTwice } from './twice.ts'

/** How a suite under test differs from the usual one. */
export type SuiteOptions = {
  readonly env?: Readonly<Record<string, string>>
  /** Events are delivered twice unless 1 is asked for. */
  readonly deliveries?: 1 | 2
  /** Calls that may be repeated are, unless false. */
  readonly sendTwice?: boolean
  readonly ackWaitMs?: number
  readonly retryDelaysMs?: readonly number[]
  readonly poolSize?: number
  /** Where the clock stands at first; by default Friday 2026-11-20 at 08:00 in Kigali. */
  readonly now?: string
  /** Further keys that sign access tokens, e.g. auth's own. */
  readonly userKeys?: HostOptions['userKeys']
  readonly revocation?: HostOptions['revocation']
  /** Services that run elsewhere, by name. */
  readonly peerUrl?: HostOptions['peerUrl']
}

/** Services that run for one test, on a database, streams and keys of their own. */
export type Suite = {
  readonly host: Host
  readonly clock: FakeClock
  readonly issuer: TestIssuer
  readonly redis: Redis
  readonly bus: Bus
  /** Address of PostgreSQL as administrator, for hosts that a test starts beside this one. */
  readonly databaseUrl: string
  readonly namespace: string
  /** A client of a service, signed in as `who`, or as nobody. */
  client<S extends DescService>(service: S, who?: Who): Client<S>
  /** A client that sends a given token. */
  clientWithToken<S extends DescService>(service: S, token: string): Client<S>
  token(who: Who, flaws?: TokenFlaws): Promise<string>
  /** A client that calls as another service of the suite would. */
  peer<S extends DescService>(service: S, caller: string): Client<S>
  /** Address of a service's own listener; only where services run apart. */
  urlOf(service: string): string
  /** Waits until no event waits anywhere. */
  settle(): Promise<void>
  /** Moves the clock, runs every job once, and settles. */
  advance(duration: Duration): Promise<void>
  runJob(service: string, job: string): Promise<void>
  /** A connection that sees everything, with a service's schema first. */
  sql(service: string): Sql
  /** Publishes an event of a service that is not in the suite. */
  publish<D extends DescMessage>(schema: D, key: string, event: MessageInitShape<D>): Promise<void>
  /** The events of one kind that services of the suite have published, in order. */
  published<D extends DescMessage>(schema: D): Promise<MessageShape<D>[]>
  stop(): Promise<void>
}

const DEFAULT_NOW = '2026-11-20T06:00:00Z'
const SETTLE_TIMEOUT_MS = 20_000

/** Starts services for one test. @param apart whether they call each other over the network */
export async function startSuite(
  services: readonly Service[],
  apart: boolean,
  options: SuiteOptions = {},
): Promise<Suite> {
  const database = await createTestDatabase(inject('DATABASE_URL'), services)
  const urls = { databaseUrl: database.url, redisUrl: inject('REDIS_URL'), natsUrl: inject('NATS_URL') }
  const namespace = `t${newUuidV7(Date.now()).replaceAll('-', '').slice(-12)}`
  const clock = new FakeClock(options.now ?? DEFAULT_NOW)
  const issuer = await testIssuer()
  const wrap = (base: Transport) => (options.sendTwice === false ? base : sendTwice(base))
  const infra = await openInfra(urls, namespace)
  const host = await startHost({
    services,
    infra: urls,
    namespace,
    clock,
    newId: () => newUuidV7(clock.now().getTime()),
    env: options.env ?? {},
    log: createLogger(process.env['LOG_LEVEL'] ?? 'silent'),
    keys: ephemeralServiceKeys(),
    userKeys: async (client) => [...issuer.keys, ...((await options.userKeys?.(client).catch(() => [])) ?? [])],
    revocation: options.revocation,
    peerUrl: options.peerUrl ?? (() => undefined),
    inner: undefined,
    apart,
    jobTimers: false,
    deliveries: options.deliveries ?? 2,
    ackWaitMs: options.ackWaitMs ?? 5_000,
    retryDelaysMs: options.retryDelaysMs,
    poolSize: options.poolSize ?? 4,
    wrapTransport: wrap,
  })
  const connections = new Map<string, Sql>()

  const suite: Suite = {
    host,
    clock,
    issuer,
    redis: infra.redis,
    bus: infra.bus,
    databaseUrl: database.url,
    namespace,
    client: (service, who) => {
      const base = wrap(host.transportTo(ownerOf(service)))
      return createClient(service, who ? withToken(base, () => issuer.sign(who)) : base)
    },
    clientWithToken: (service, token) =>
      createClient(
        service,
        withToken(wrap(host.transportTo(ownerOf(service))), () => Promise.resolve(token)),
      ),
    token: (who, flaws) => issuer.sign(who, flaws),
    peer: (service, caller) => host.clientAs(caller, service),
    urlOf: (service) => [...host.runtimes.values()][0]?.ctx.placement.urlOf(service) ?? '',
    settle: () => settle(host),
    advance: async (duration) => {
      clock.advance(duration)
      for (const { ctx, service } of host.runtimes.values()) {
        for (const job of service.jobs ?? []) await runJob(ctx, job)
      }
      await settle(host)
    },
    runJob: async (service, job) => {
      const runtime = host.runtimes.get(service)
      const found = runtime?.service.jobs?.find(({ name }) => name === job)
      if (!runtime || !found) throw new Error(`no job ${job} in ${service}`)
      await runJob(runtime.ctx, found)
    },
    sql: (service) => {
      const connection =
        connections.get(service) ??
        postgres(database.url, { max: 3, onnotice: () => {}, connection: { search_path: `${service}, public` } })
      connections.set(service, connection)
      return connection
    },
    publish: async (schema, key, event) => {
      const source = { newId: () => newUuidV7(clock.now().getTime()), now: () => clock.now() }
      await infra.bus.ensureStream(ownerOf(schema))
      await infra.bus.publish(newEvent({ ...source, subjectOf: infra.bus.subjectOf }, schema, key, event))
    },
    published: (schema) => publishedBy(suite.sql(ownerOf(schema)), schema),
    stop: async () => {
      await host.stop()
      await Promise.all([...connections.values()].map((connection) => connection.end({ timeout: 1 })))
      await cleanUp(infra.bus, infra.redis, namespace)
      await infra.close()
      await database.drop()
    },
  }
  return suite
}

/** Adds a token to every call; it is made once, with the first. */
function withToken(base: Transport, make: () => Promise<string>): Transport {
  let token: Promise<string> | undefined
  const headersWith = async (given: HeadersInit | undefined) => {
    const headers = new Headers(given)
    headers.set('authorization', `Bearer ${await (token ??= make())}`)
    return headers
  }
  return {
    unary: async (method, signal, timeoutMs, header, input, values) =>
      base.unary(method, signal, timeoutMs, await headersWith(header), input, values),
    stream: async (method, signal, timeoutMs, header, input, values) =>
      base.stream(method, signal, timeoutMs, await headersWith(header), input, values),
  }
}

async function publishedBy<D extends DescMessage>(sql: Sql, schema: D): Promise<MessageShape<D>[]> {
  const rows = await sql<{ envelope: Buffer }[]>`select envelope from outbox order by create_time, event_id`
  return rows
    .map(({ envelope }) => envelopeFrom(envelope))
    .filter(({ type }) => type === schema.typeName)
    .map(({ payload }) => fromBinary(schema, payload))
}

async function settle(host: Host): Promise<void> {
  const until = performance.now() + SETTLE_TIMEOUT_MS
  for (let quiet = 0; quiet < 2;) {
    const busy = await busyConsumers(host)
    quiet = busy.length === 0 ? quiet + 1 : 0
    if (busy.length === 0) continue
    if (performance.now() > until) throw new Error(`the suite did not settle; busy: ${busy.join(', ')}`)
    await sleep(10)
  }
}

async function busyConsumers(host: Host): Promise<string[]> {
  const runtimes = [...host.runtimes.values()]
  for (const runtime of runtimes) {
    await runtime.idle()
    await runtime.relay?.drain()
  }
  const states = runtimes.flatMap(({ service, subscriptions }) =>
    subscriptions.map(async (subscription, index) => {
      const name = `${service.name}-${service.consumes?.[index]?.name ?? ''}`
      return (await subscription.idle()) ? [] : [name]
    }),
  )
  return (await Promise.all(states)).flat()
}

async function cleanUp(bus: Bus, redis: Redis, namespace: string): Promise<void> {
  for await (const { config } of bus.manager.streams.list(`${namespace}.>`)) {
    await bus.manager.streams.delete(config.name)
  }
  const keys = await redis.keys(`${namespace}:*`)
  // A long test leaves more keys than a call takes arguments.
  for (let from = 0; from < keys.length; from += 1_000) await redis.del(...keys.slice(from, from + 1_000))
}
