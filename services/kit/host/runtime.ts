import { setTimeout as sleep } from 'node:timers/promises'
import type { Transport } from '@connectrpc/connect'
import { redisCache, redisIdempotency } from '../cache.ts'
import { type Database, openDatabase, type OpenDatabase } from '../db/database.ts'
import { serviceUrl } from '../db/provision.ts'
import { type Relay, startRelay } from '../events/relay.ts'
import { RETRY_DELAYS_MS, subscribe, type Subscription } from '../events/subscription.ts'
import { outbound } from '../http/outbound.ts'
import { redisLocks } from '../locks.ts'
import type { Placement } from '../placement.ts'
import type { HttpHandler } from '../rpc/listener.ts'
import type { Verifiers } from '../rpc/gatekeeper.ts'
import type { Context, Service } from '../service.ts'
import { readSettings } from '../settings.ts'
import { businessEvents } from '../telemetry/metrics.ts'
import type { HostOptions } from './host.ts'
import type { Infra } from './infra.ts'
import { jobsOf, startJobs } from './jobs.ts'
import { httpHandler, inMemoryTransport, peersOf } from './transports.ts'

/** How long a stopping service waits for what its commits left to be done. */
const DRAIN_MS = 2_000

/** One service, running. */
export type Runtime = {
  readonly service: Service
  readonly ctx: Context
  readonly transport: Transport
  readonly handler: HttpHandler
  readonly relay: Relay | undefined
  subscriptions: readonly Subscription[]
  /** Waits for what transactions left to be done after their commit. */
  idle(): Promise<void>
  /** Starts what reacts by itself: consumers, jobs, listeners. */
  activate(): Promise<void>
  /** Takes no new work, and ends when what runs is done. */
  quiesce(): Promise<void>
  close(): Promise<void>
}

/** What a service gets from its host. */
export type RuntimeParts = {
  readonly options: HostOptions
  readonly infra: Infra
  readonly verifiers: Verifiers
  readonly placement: Placement
  readonly transportTo: (peer: string) => Transport
  readonly shutdownSignal: AbortSignal
}

const noDatabase: Database = new Proxy({} as Database, {
  get: () => {
    throw new Error('this service declares no migrations, so it has no database')
  },
})

/** Builds a service: context, database, relay, routes. Nothing of it acts before {@link Runtime.activate}. */
export async function buildRuntime(service: Service, parts: RuntimeParts): Promise<Runtime> {
  const { options, infra } = parts
  const log = options.log.child({ service: service.name })
  const redisPrefix = options.namespace === '' ? '' : `${options.namespace}:`
  let relay: Relay | undefined
  const db = service.migrations && openServiceDatabase(service, parts, { log, redisPrefix }, () => relay)
  const ctx = contextOf(service, parts, { log, redisPrefix, db: db ?? noDatabase })
  if (db) relay = await startRelay(service.name, db.system, infra.bus, log)

  const routes = service.routes?.(ctx) ?? (() => undefined)
  const serving = { service: service.name, verifiers: parts.verifiers, log, newId: options.newId }
  const { shutdownSignal } = parts
  const stoppers: (() => Promise<void>)[] = []
  const runtime: Runtime = {
    service,
    ctx,
    relay,
    subscriptions: [],
    idle: async () => db?.idle(),
    transport: inMemoryTransport(routes, serving),
    handler: httpHandler(routes, service.duplexes?.(ctx) ?? [], { ...serving, shutdownSignal }),
    activate: async () => {
      runtime.subscriptions = db ? await subscribeAll(service, ctx, parts) : []
      if (options.jobTimers) stoppers.push(startJobs(ctx, jobsOf(service)))
      if (service.start) stoppers.push(await service.start(ctx))
    },
    quiesce: async () => {
      // Doors first, so that nothing new comes in while the rest ends.
      for (const stop of stoppers.reverse()) await stop()
      await Promise.all(runtime.subscriptions.map((subscription) => subscription.stop()))
      // A provider that hangs does not hold up the end: whatever is cut off here is written down, and a job takes it up.
      await Promise.race([db?.idle(), sleep(DRAIN_MS, undefined, { ref: false })])
    },
    close: async () => {
      await relay?.stop()
      await db?.close()
    },
  }
  return runtime
}

function subscribeAll(service: Service, ctx: Context, { options, infra }: RuntimeParts): Promise<Subscription[]> {
  const shared = { service: service.name, ctx, db: ctx.db, bus: infra.bus, log: ctx.log }
  const { ackWaitMs, deliveries, retryDelaysMs = RETRY_DELAYS_MS } = options
  return Promise.all(
    (service.consumes ?? []).map((consumer) =>
      subscribe(consumer, { ...shared, ackWaitMs, deliveries, retryDelaysMs }),
    ),
  )
}

function openServiceDatabase(
  service: Service,
  { options, infra }: RuntimeParts,
  { log, redisPrefix }: Pick<Context, 'log' | 'redisPrefix'>,
  relay: () => Relay | undefined,
): OpenDatabase {
  const own = options.env[`${service.name.toUpperCase()}_DATABASE_URL`]
  return openDatabase({
    url: own ?? serviceUrl(service.name, infra.databaseUrl),
    service: service.name,
    maxConnections: options.poolSize,
    newId: options.newId,
    now: () => options.clock.now(),
    subjectOf: infra.bus.subjectOf,
    onCommitted: (events) => relay()?.offer(events),
    log,
    onStatement: options.onStatement,
    idempotencyCache: redisIdempotency(infra.redis, redisPrefix),
    sealing: service.sealing,
  })
}

function contextOf(
  service: Service,
  { options, infra, placement, verifiers, transportTo }: RuntimeParts,
  own: Pick<Context, 'log' | 'redisPrefix' | 'db'>,
): Context {
  const { name } = service
  const { log, redisPrefix } = own
  return {
    ...own,
    name,
    settings: readSettings(service.settings ?? {}, options.env),
    peers: peersOf(service.calls ?? {}, transportTo),
    clock: options.clock,
    cache: redisCache(infra.redis, redisPrefix, name, log),
    locks: redisLocks(infra.redis, `${redisPrefix}lock:`),
    redis: infra.redis,
    newId: options.newId,
    http: outbound,
    happened: (event, facts = {}) => {
      businessEvents.labels(name, event).inc()
      log.info({ event, ...facts }, event)
    },
    placement,
    verifyUser: verifiers.user,
  }
}
