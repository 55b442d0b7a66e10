import type { DescMessage, DescMethod, DescService } from '@bufbuild/protobuf'
import type { Client, ConnectRouter, MethodImpl } from '@connectrpc/connect'
import type { Redis } from 'ioredis'
import type { Cache } from './cache.ts'
import type { Database } from './db/database.ts'
import type { Sealing } from './db/once.ts'
import type { Consumer } from './events/consumer.ts'
import type { Outbound, OutboundOptions } from './http/outbound.ts'
import type { Locks } from './locks.ts'
import type { Duplex } from './rpc/duplex.ts'
import type { Placement } from './placement.ts'
import type { UserVerifier } from './identity/user_tokens.ts'
import type { SettingsOf, SettingsSpec } from './settings.ts'
import type { Logger } from './telemetry/log.ts'
import type { Clock } from './values/clock.ts'

/** Peers by the name a service calls them. */
export type Calls = Readonly<Record<string, DescService>>

/** Generated clients of the peers. */
export type Peers<C extends Calls> = { readonly [Name in keyof C]: Client<C[Name]> }

/** Settings of a service that reads none. */
type NoSettings = Readonly<Record<string, unknown>>

/** What every part of a service is given; `Calls` and `Settings` are its own. */
export type Context<C extends Calls = Calls, Settings = NoSettings> = {
  readonly name: string
  readonly settings: Settings
  readonly db: Database
  readonly peers: Peers<C>
  readonly clock: Clock
  readonly log: Logger
  readonly cache: Cache
  readonly locks: Locks
  /** The connection itself, for what neither {@link Cache} nor {@link Locks} offers; prefix keys by {@link redisPrefix}. */
  readonly redis: Redis
  /** Parts the keys of suites that share a Redis; empty for the one suite of a machine. */
  readonly redisPrefix: string
  /** A new UUIDv7. */
  readonly newId: () => string
  /** A client of an outside system. */
  readonly http: (options: OutboundOptions) => Outbound
  /** Counts a business event and logs it. No personal data in `facts`. */
  readonly happened: (event: string, facts?: Readonly<Record<string, string | number | bigint>>) => void
  /** Where the services of the suite are: for the gateway, which forwards to them. */
  readonly placement: Placement
  /** Verifies access tokens: for the gateway, which stops bad ones at the door. */
  readonly verifyUser: UserVerifier
}

/** Implements one method: what the router calls. */
export type Handler<M extends DescMethod> = MethodImpl<M>

/** Work that a service does from time to time, one replica at a time. */
export type Job<Ctx> = {
  readonly name: string
  readonly everySeconds: number
  readonly run: (ctx: Ctx) => Promise<void>
}

/** Declares a job. */
export function every<Ctx>(
  interval: { readonly seconds: number },
  name: string,
  run: (ctx: Ctx) => Promise<void>,
): Job<Ctx> {
  return { name, everySeconds: interval.seconds, run }
}

/** What a service serves, calls, consumes and stores. It does not say where it runs. */
export type ServiceDeclaration<Ctx> = {
  readonly name: string
  readonly serves: readonly DescService[]
  readonly calls?: Calls
  readonly publishes?: readonly DescMessage[]
  readonly consumes?: readonly Consumer<Ctx>[]
  readonly jobs?: readonly Job<Ctx>[]
  /** Folder of numbered SQL; undefined for a service that stores nothing. */
  readonly migrations?: URL
  readonly settings?: SettingsSpec
  /** How answers that are kept beside an idempotency key are sealed; they are kept as they are when left out. */
  readonly sealing?: Sealing
  readonly routes?: (ctx: Ctx) => (router: ConnectRouter) => void
  /** Methods of `routes` whose messages are pushed when they come by HTTP/2. */
  readonly duplexes?: (ctx: Ctx) => readonly Duplex[]
  /** Runs when everything else of the service does; returns what stops it. */
  readonly start?: (ctx: Ctx) => Promise<() => Promise<void>>
}

/** A declared service, as hosts and tests take it: its context is its own affair. */
export type Service = ServiceDeclaration<Context<Calls, SettingsOf<SettingsSpec>>>

/**
 * Declares a service.
 *
 * The type of its context is known inside it only; to a host all services look alike.
 */
export function defineService<Ctx>(declaration: ServiceDeclaration<Ctx>): Service {
  // The host builds the context from this very declaration, so that Ctx is what the service was promised.
  return declaration as unknown as Service
}
