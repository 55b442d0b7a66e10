import { createClient, type Client, type Interceptor, type Transport } from '@connectrpc/connect'
import type { DescService } from '@bufbuild/protobuf'
import { AuthService } from '../../../gen/tms/auth/v1/auth_service_pb.ts'
import { fillKeys } from './calls/keys.ts'
import { pages } from './calls/pages.ts'
import { defaultRetry, retrying, type RetryOptions } from './calls/retry.ts'
import { keeper as keyKeeper, type WithKey } from './calls/with_key.ts'
import { newId } from './ids.ts'
import { withSession } from './session/interceptor.ts'
import { SessionKeeper } from './session/keeper.ts'
import { sessionOf, type TmsSession } from './session/session.ts'
import { memoryStorage, type TmsStorage } from './storage.ts'

/** Services by the name that a client calls them. */
export type Services = Readonly<Record<string, DescService>>

/** A client of each service. */
export type ClientsOf<S extends Services> = { readonly [Name in keyof S]: Client<S[Name]> }

/** How a client behaves. */
export type TmsOptions = {
  /** Where the gateway is, e.g. `https://api.tms.rw`. */
  readonly baseUrl: string
  /** Where the session is kept; in memory by default. In a browser `localStorage` shares it among tabs. */
  readonly storage?: TmsStorage
  /** What messages and guests speak: `en`, `rw`, `fr` or `sw`. */
  readonly language?: 'en' | 'rw' | 'fr' | 'sw'
  /** Signs in as a partner's machine, instead of a session. */
  readonly apiKey?: string
  /** How long a call may take, its repeats included; 20 s by default. */
  readonly timeoutMs?: number
  readonly retry?: Partial<RetryOptions>
}

/** What every client of the suite has, whichever services it calls by name. */
export type TmsCore = {
  readonly session: TmsSession
  /** Everything that a list method has: `for await (const offer of tms.pages(tms.ticketing.searchTrips, {…}, 'offers'))`. */
  readonly pages: typeof pages
  /** Runs a call under a key that survives retries, reloads and crashes: pressing "pay" twice is one payment. */
  readonly withKey: WithKey
  /** A new id for what is about to be created (UUIDv7). */
  readonly newId: () => string
  /** A client of a further service of the suite, with the same session, keys and repeats. */
  client<S extends DescService>(service: S): Client<S>
  /** How often and how soon calls are repeated. */
  readonly retry: RetryOptions
  /** What all of it goes through, for libraries that call by themselves. */
  readonly transport: Transport
  /** Ends the refresh in the background, and connections. */
  close(): void
}

/** Makes a transport with these interceptors. */
export type TransportFactory = (interceptors: Interceptor[]) => Transport

const defaultTimeoutMs = 20_000

/** Puts a client of some services together over a transport. */
export function assembleOf<S extends Services>(
  services: S,
  options: TmsOptions,
  transportOf: TransportFactory,
  closeTransport = () => {},
): TmsCore & ClientsOf<S> {
  const { storage = memoryStorage(), language = 'en', timeoutMs = defaultTimeoutMs } = options
  const retry = { ...defaultRetry, ...options.retry }
  // Refreshing goes past the session, which would wait for itself.
  const bare = createClient(AuthService, timed(transportOf([]), timeoutMs))
  const keeper = new SessionKeeper({
    refresh: async (refreshToken) => (await bare.refreshSession({ refreshToken })).tokens,
    storage,
    item: `tms:session:${options.baseUrl}`,
  })
  const identity = options.apiKey === undefined ? withSession(keeper) : withApiKey(options.apiKey)
  const transport = timed(transportOf([fillKeys, retrying(retry), identity]), timeoutMs)
  const clients = Object.entries(services).map(([name, service]) => [
    name,
    createClient<DescService>(service, transport),
  ])
  return {
    ...(Object.fromEntries(clients) as ClientsOf<S>),
    session: sessionOf({ keeper, auth: createClient(AuthService, transport), language }),
    pages,
    withKey: keyKeeper(storage, 'tms:'),
    newId: () => newId(),
    client: (service) => createClient(service, transport),
    retry,
    transport,
    close: () => {
      keeper.close()
      closeTransport()
    },
  }
}

/** Every call has an end; a stream lasts as long as it is read. */
function timed(base: Transport, timeoutMs: number): Transport {
  return {
    unary: (method, signal, given, ...rest) => base.unary(method, signal, given ?? timeoutMs, ...rest),
    stream: (...args) => base.stream(...args),
  }
}

function withApiKey(apiKey: string): Interceptor {
  return (next) => (req) => {
    req.header.set('x-api-key', apiKey)
    return next(req)
  }
}
