import { breakerFor, type BreakerOptions, isOpen } from '../../services/kit/rpc/breaker.ts'
import type { Route } from '../contract.ts'
import type { Req, Res } from '../edge/http.ts'
import { limitBody } from './body_limit.ts'
import { sessionPool, type SessionPool } from './pool.ts'
import { exchange, PeerDown } from './proxy.ts'
import { type Placement, refuseCall } from '#kit'

/** Hands calls on to the services that serve them. */
export interface Forwarder {
  /**
   * Sends a call on. Resolves when its answer has begun.
   *
   * @param timeoutMs what is left of the caller's time; undefined when it has no end.
   * @throws {ConnectError} when the service gave no answer: UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED.
   */
  forward(route: Route, req: Req, res: Res, timeoutMs: number | undefined): Promise<void> | void
  /** Whether a service can be called as far as is known: its breaker is not open. */
  isUp(owner: string): boolean
  close(): void
}

export type ForwarderOptions = {
  readonly placement: Placement
  readonly breaker: BreakerOptions
  /** Largest request of a call that is not a stream. */
  readonly maxRequestBytes: number
  /** Told of every call that is handed on. */
  readonly forwarded: (owner: string) => void
  /** Told when a peer is left alone, and when it is called again. */
  readonly onChange: (owner: string, isUp: boolean) => void
}

type Remote = { readonly pool: SessionPool; readonly breaker: ReturnType<typeof breakerFor>; isOpen: boolean }

/**
 * Forwards by where the service is: in this process by a function call, elsewhere over HTTP/2.
 *
 * A peer elsewhere that fails several times in a row is left alone for a while: its callers hear so at once.
 */
export function forwarder(options: ForwarderOptions): Forwarder {
  const remotes = new Map<string, Remote>()
  return {
    forward(route, req, res, timeoutMs) {
      options.forwarded(route.owner)
      const local = options.placement.local(route.owner)
      if (local) {
        if (route.unary) limitBody(req, options.maxRequestBytes)
        return local(req, res)
      }
      return forwardRemote(remoteOf(route.owner), route, req, res, timeoutMs)
    },
    isUp: (owner) => remotes.get(owner)?.isOpen !== true,
    close() {
      for (const { pool } of remotes.values()) pool.close()
    },
  }

  async function forwardRemote(remote: Remote, route: Route, req: Req, res: Res, timeoutMs?: number): Promise<void> {
    const maxRequestBytes = route.unary ? options.maxRequestBytes : undefined
    try {
      await remote.breaker.execute(() => exchange(req, res, { pool: remote.pool, maxRequestBytes, timeoutMs }))
    } catch (err) {
      if (!isOpen(err) && !(err instanceof PeerDown)) throw err
      const retryAfterMs = isOpen(err) ? options.breaker.halfOpenAfterMs : 1_000
      const facts = { peer: route.owner }
      throw refuseCall('PEER_UNAVAILABLE', `${route.owner} cannot be reached right now`, facts, { retryAfterMs })
    }
  }

  function remoteOf(owner: string): Remote {
    const known = remotes.get(owner)
    if (known) return known
    const breaker = breakerFor(`gateway-${owner}`, (err) => err instanceof PeerDown, options.breaker)
    const made: Remote = { pool: sessionPool(options.placement.urlOf(owner)), breaker, isOpen: false }
    const change = (isOpenNow: boolean) => {
      made.isOpen = isOpenNow
      options.onChange(owner, !isOpenNow)
    }
    breaker.onBreak(() => {
      change(true)
    })
    breaker.onReset(() => {
      change(false)
    })
    remotes.set(owner, made)
    return made
  }
}
