import type { DescService } from '@bufbuild/protobuf'
import { anonymous } from '#kit'
import { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import type { Settings } from './config.ts'
import type { Ctx } from './context.ts'
import { pathOf, publicServices, type Route, routesOf } from './contract.ts'
import { addressReader } from './edge/address.ts'
import { apiKeys } from './edge/api_keys.ts'
import { localBuckets } from './edge/bucket.ts'
import { callerIdentifier } from './edge/caller.ts'
import { corsGuard } from './edge/cors.ts'
import { door, type DoorParts } from './edge/door.ts'
import { leasing } from './edge/leases.ts'
import { callCounter, type CountCall } from './edge/limits.ts'
import { listenAtEdge } from './edge/listener.ts'
import { loadOf } from './edge/load.ts'
import { redisBuckets } from './edge/redis_bucket.ts'
import { refuser } from './edge/refusal.ts'
import { forwarder } from './forward/peers.ts'
import { callsForwarded, callsRefused, limitsDecidedHere } from './metrics.ts'
import { othersOf } from './others.ts'
import { healthStates, type HealthStates } from './standard/health.ts'
import { awaitedWeb } from './web/awaited.ts'
import { liveOrigins } from './web/live_origins.ts'
import { openSite } from './web/site.ts'
import { type Web, webOf } from './web/web.ts'

/** Pages do without live sockets rather than wait for their addresses. */
const LIVE_PATIENCE_MS = 1_000

/**
 * Opens the one public port, and forwards to the services given. Returns what closes it: first the door, so that
 * running calls can finish, then what is left.
 */
export async function openGateway(ctx: Ctx, contract: readonly DescService[]): Promise<() => Promise<void>> {
  const { settings } = ctx
  const services = publicServices(contract)
  const health = healthStates(services.map(({ typeName }) => typeName))
  const load = loadOf(settings.maxCallsPerAddress)
  const calls = forwarder({
    placement: ctx.placement,
    maxRequestBytes: settings.maxRequestBytes,
    breaker: { failures: settings.breakerFailures, halfOpenAfterMs: settings.breakerSeconds * 1_000 },
    forwarded: (owner) => callsForwarded.labels(owner).inc(),
    onChange: (owner, isUp) => {
      ctx.log.warn({ peer: owner, isUp }, 'a peer changed its state')
      tellHealth(health, services, owner, isUp)
    },
  })
  const count = counterOf(ctx)
  const routes = routesOf(services)
  const web = await webAt(ctx, count, routes)
  let isDraining = false
  const handle = door({
    ...judgesOf(ctx),
    count,
    routes,
    others: othersOf(ctx, services, health, () => isDraining, web),
    load,
    forwarder: calls,
    refuse: refuser(services),
    refused: (reason) => callsRefused.labels(reason).inc(),
    isDraining: () => isDraining,
  })
  const edge = await listenAtEdge({ ...settings, ...tlsOf(settings), handle })
  ctx.log.info({ port: edge.port, services: services.length }, 'the gateway is open')

  return async () => {
    isDraining = true
    health.set('', false)
    edge.drain()
    await within(settings.drainSeconds * 1_000, load.idle())
    await edge.close()
    calls.close()
  }
}

/** What judges a request by its headers. */
function judgesOf(ctx: Ctx) {
  const { settings, peers } = ctx
  const tokenOfKey = apiKeys(
    (secret) => peers.auth.exchangeApiKey({ secret }),
    () => ctx.clock.now().getTime(),
  )
  return {
    addressOf: addressReader(settings.trustedProxies),
    cors: corsGuard(settings.allowedOrigins),
    identify: callerIdentifier(ctx.verifyUser, tokenOfKey),
    newId: ctx.newId,
    log: ctx.log,
    maxRequestBytes: settings.maxRequestBytes,
    callTimeoutMs: settings.callTimeoutMs,
  } satisfies Partial<DoorParts>
}

/** The web app, when there is one. A page that must be drawn costs what the search on it costs. */
async function webAt(ctx: Ctx, count: CountCall, routes: ReadonlyMap<string, Route>): Promise<Web | undefined> {
  const { webDir, webAwaited, publicUrl } = ctx.settings
  if (webDir === '') return undefined
  const search = routes.get(pathOf(TicketingService.method.searchTrips))
  const parts = {
    publicUrl: publicUrl.replace(/\/+$/, ''),
    ticketing: ctx.peers.ticketing,
    now: () => ctx.clock.now(),
    liveOrigins: liveOrigins(
      async () => (await ctx.peers.tracking.getLiveEndpoint({}, { timeoutMs: LIVE_PATIENCE_MS })).urls,
      () => ctx.clock.now().getTime(),
    ),
    count: (address: string) => search && count(search, anonymous, address),
  }
  const open = async () => webOf({ ...parts, site: await openSite(webDir) })
  return webAwaited ? awaitedWeb(webDir, open, (err) => ctx.log.error({ err }, 'the portal cannot be opened')) : open()
}

function counterOf({ settings, redis, redisPrefix }: Ctx): CountCall {
  if (!settings.limitsOn) return () => undefined
  const whileAway = localBuckets()
  const buckets = redisBuckets(redis, redisPrefix, whileAway, () => {
    limitsDecidedHere.inc()
  })
  return callCounter(settings, leasing(buckets))
}

function tlsOf({ tlsCert, tlsKey }: Settings) {
  return tlsCert === 'none' ? {} : { tls: { cert: tlsCert, key: tlsKey } }
}

function tellHealth(health: HealthStates, services: readonly DescService[], owner: string, isUp: boolean): void {
  for (const { typeName } of services) if (typeName.startsWith(`tms.${owner}.`)) health.set(typeName, isUp)
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))
  await Promise.race([work, late])
  clearTimeout(timer)
}
