import type { DescMessage, DescService } from '@bufbuild/protobuf'
import { Code, ConnectError, createClient, type Client, type Transport } from '@connectrpc/connect'
import type { JWK } from 'jose'
import type { StatementObserver } from '../db/database.ts'
import { provision } from '../db/provision.ts'
import { readMigrations } from '../db/migrate.ts'
import type { ServiceKeys } from '../identity/service_keys.ts'
import { serviceSigner, serviceVerifier } from '../identity/service_tokens.ts'
import { userVerifier } from '../identity/user_tokens.ts'
import { assertPolicies, ownerOf } from '../policy.ts'
import { type HttpHandler, listen, type Listener } from '../rpc/listener.ts'
import { callingAs, peerBreaker } from '../rpc/call_peers.ts'
import type { Service } from '../service.ts'
import type { Logger } from '../telemetry/log.ts'
import { UserError } from '../user_error.ts'
import type { Clock } from '../values/clock.ts'
import { type InfraUrls, openInfra } from './infra.ts'
import { type RevocationSource, watchRevocations } from './revocations.ts'
import { buildRuntime, type Runtime } from './runtime.ts'
import { lazily, remoteTransport } from './transports.ts'

/** What a process hosts, and with what. */
export type HostOptions = {
  readonly services: readonly Service[]
  readonly infra: InfraUrls
  readonly env: Readonly<Record<string, string | undefined>>
  /** Parts suites that share servers: prefixes streams and Redis keys. Empty for the one suite of a machine. */
  readonly namespace: string
  readonly clock: Clock
  readonly newId: () => string
  readonly log: Logger
  readonly keys: ServiceKeys
  /** Fetches the public keys of access tokens, by a client that acts for nobody. */
  readonly userKeys: (client: <S extends DescService>(service: S) => Client<S>) => Promise<readonly JWK[]>
  /** The event that says that a session was ended. */
  readonly revocation: RevocationSource<DescMessage> | undefined
  /** Base URL of a service that runs elsewhere; undefined when nobody said. */
  readonly peerUrl: (service: string) => string | undefined
  /** Inner port for calls from other processes; undefined when all peers are here. */
  readonly inner: { readonly host: string; readonly port: number } | undefined
  /** Calls between services here go over the network too, each by a listener of its own: for tests. */
  readonly apart: boolean
  /** Whether jobs run by the clock on the wall; tests run them by hand. */
  readonly jobTimers: boolean
  readonly deliveries: 1 | 2
  readonly ackWaitMs: number
  /** Waits between attempts at an event; the kit's own when undefined. */
  readonly retryDelaysMs?: readonly number[] | undefined
  /** Connections of each of a service's two pools. */
  readonly poolSize: number
  /** Told of every statement, for benchmarks. */
  readonly onStatement?: StatementObserver | undefined
  /** Wraps every transport between services: tests send twice what may be repeated. */
  readonly wrapTransport: (base: Transport) => Transport
}

/** A running host. */
export type Host = {
  readonly runtimes: ReadonlyMap<string, Runtime>
  /** Port of the inner listener, when there is one. */
  readonly innerPort: number | undefined
  /** A client that calls as a service of the suite, without a user. */
  clientAs<S extends DescService>(caller: string, service: S): Client<S>
  /** A transport to a service that adds nothing to its calls. */
  transportTo(service: string): Transport
  /** Lets running calls finish, ends consumers and jobs, closes every connection. */
  stop(): Promise<void>
}

/**
 * Starts services in this process: provisions their schemas, connects them to each other, begins to consume.
 *
 * @throws {UserError} for faults of the installation, with what to do
 */
export async function startHost(options: HostOptions): Promise<Host> {
  for (const { serves } of options.services) assertPolicies(serves)
  await provision(
    options.infra.databaseUrl,
    options.services.flatMap(({ name, migrations }) =>
      migrations ? [{ service: name, migrations: readMigrations(migrations) }] : [],
    ),
  )
  const infra = await openInfra(options.infra, options.namespace)
  const shutdown = new AbortController()
  const runtimes = new Map<string, Runtime>()
  const listeners: Listener[] = []
  const network = networkOf(options, runtimes)
  const revocations = watchRevocations(options.revocation, infra.bus, options.log)

  const anonymousClient = <S extends DescService>(service: S) =>
    createClient(
      service,
      lazily(() => network.to(ownerOf(service))),
    )
  const verifiersOf = (audience: string) => ({
    user: userVerifier(() => options.userKeys(anonymousClient), revocations.isRevoked),
    service: serviceVerifier(options.keys, audience),
  })
  const transportAs = (caller: string) => {
    const sign = serviceSigner(options.keys, caller)
    return (peer: string) =>
      lazily(() => callingAs(options.wrapTransport(network.to(peer)), { peer, sign, breaker: network.breakerOf(peer) }))
  }

  for (const service of options.services) {
    // A private key is made before anybody needs the public one.
    await options.keys.privateKey(service.name)
    const runtime = await buildRuntime(service, {
      options,
      infra,
      placement: network.placement,
      verifiers: verifiersOf(service.name),
      transportTo: memoized(transportAs(service.name)),
      shutdownSignal: shutdown.signal,
    })
    runtimes.set(service.name, runtime)
  }
  if (options.apart) await listenApart(runtimes, network, listeners)
  if (options.inner) listeners.push(await listen({ ...options.inner, handler: byService(runtimes) }))
  for (const runtime of runtimes.values()) await runtime.activate()

  return {
    runtimes,
    innerPort: options.inner && listeners.at(-1)?.port,
    clientAs: (caller, service) => createClient(service, transportAs(caller)(ownerOf(service))),
    transportTo: (service) => lazily(() => network.to(service)),
    stop: async () => {
      const all = [...runtimes.values()].reverse()
      for (const runtime of all) await runtime.quiesce()
      shutdown.abort(new ConnectError('the process is shutting down', Code.Unavailable))
      network.close()
      await Promise.all(listeners.map((listener) => listener.close()))
      await revocations.stop()
      await Promise.all(all.map((runtime) => runtime.close()))
      await infra.close()
    },
  }
}

type Network = ReturnType<typeof networkOf>

/** Who is reached how: in memory, or by a URL. */
function networkOf(options: HostOptions, runtimes: ReadonlyMap<string, Runtime>) {
  const apart = new Map<string, string>()
  const remotes = new Map<string, ReturnType<typeof remoteTransport>>()
  const breakers = new Map<string, ReturnType<typeof peerBreaker>>()
  const urlOf = (service: string): string => {
    const url = apart.get(service) ?? options.peerUrl(service)
    if (url !== undefined) return url
    throw new UserError(`Nobody said where ${service} runs: set PEER_URL, or start it here as well.`)
  }
  const isLocal = (service: string) => runtimes.has(service) && !options.apart
  return {
    apart,
    placement: {
      local: (service: string) => (isLocal(service) ? runtimes.get(service)?.handler : undefined),
      urlOf,
    },
    to: (service: string): Transport => {
      const local = isLocal(service) ? runtimes.get(service) : undefined
      if (local) return local.transport
      const remote = remotes.get(service) ?? remoteTransport(urlOf(service))
      remotes.set(service, remote)
      return remote.transport
    },
    breakerOf: (service: string) => {
      if (isLocal(service)) return undefined
      const breaker = breakers.get(service) ?? peerBreaker(service)
      breakers.set(service, breaker)
      return breaker
    },
    close: () => {
      for (const remote of remotes.values()) remote.close()
    },
  }
}

async function listenApart(runtimes: Map<string, Runtime>, network: Network, listeners: Listener[]): Promise<void> {
  for (const [name, { handler }] of runtimes) {
    const listener = await listen({ host: '127.0.0.1', port: 0, handler })
    listeners.push(listener)
    network.apart.set(name, `http://127.0.0.1:${listener.port}`)
  }
}

/** Serves all services of this process on one inner port, by the path of the call. */
function byService(runtimes: ReadonlyMap<string, Runtime>): HttpHandler {
  const routes = new Map<string, HttpHandler>()
  for (const { service, handler } of runtimes.values()) {
    for (const { typeName } of service.serves) routes.set(typeName, handler)
  }
  return (req, res) => {
    const [, typeName = ''] = (req.url ?? '').split('/')
    const handler = routes.get(typeName)
    if (handler) return handler(req, res)
    const healthy = req.url === '/healthz'
    res.statusCode = healthy ? 200 : 404
    res.end(healthy ? 'ok' : 'no such service here')
  }
}

function memoized<T>(make: (key: string) => T): (key: string) => T {
  const made = new Map<string, T>()
  return (key) => {
    const value = made.get(key) ?? make(key)
    made.set(key, value)
    return value
  }
}
