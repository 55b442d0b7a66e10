import { Code, ConnectError, type Transport } from '@connectrpc/connect'
import type { CircuitBreakerPolicy } from 'cockatiel'
import { type CallState, currentCall, remainingMs } from '../call.ts'
import { refuseCall } from '../errors.ts'
import type { ServiceSigner } from '../identity/service_tokens.ts'
import { breakerFor, isOpen, peerIsDown } from './breaker.ts'
import { CORRELATION_ID, SERVICE_TOKEN, TRACEPARENT } from './headers.ts'

/** One service calling another. */
export type PeerCall = {
  readonly peer: string
  readonly sign: ServiceSigner
  /** Opens when the peer does not answer; undefined for a peer in this process. */
  readonly breaker: CircuitBreakerPolicy | undefined
}

/** The breaker of a peer that runs elsewhere; shared by all its callers in this process. */
export function peerBreaker(peer: string): CircuitBreakerPolicy {
  return breakerFor(`peer:${peer}`, peerIsDown)
}

/**
 * A transport that calls `base` as a service: it passes on identity, deadline and correlation of the running call.
 *
 * Calls fail with UNAVAILABLE / PEER_UNAVAILABLE when the peer cannot be reached, at once while its breaker is open.
 * A call inside a database transaction throws: a transaction holds locks, and should not hold them for the network.
 */
export function callingAs(base: Transport, call: PeerCall): Transport {
  return {
    unary: (method, signal, timeoutMs, header, input, contextValues) =>
      attempt(call, method.name, async (state) => {
        const headers = await headersFor(call, state, header)
        const limit = Math.min(timeoutMs ?? Number.POSITIVE_INFINITY, remainingMs(state))
        return base.unary(method, signal ?? state.signal, limit, headers, input, contextValues)
      }),
    stream: (method, signal, timeoutMs, header, input, contextValues) =>
      attempt(call, method.name, async (state) => {
        const headers = await headersFor(call, state, header)
        return base.stream(method, signal ?? state.signal, timeoutMs, headers, input, contextValues)
      }),
  }
}

async function attempt<T>(call: PeerCall, method: string, send: (state: CallState) => Promise<T>): Promise<T> {
  const state = currentCall()
  if (state.inTransaction) throw new Error(`${call.peer}.${method} was called inside a transaction`)
  if (performance.now() >= state.deadline) throw refuseCall('DEADLINE_EXCEEDED', 'the time for this call ran out')
  try {
    return await (call.breaker ? call.breaker.execute(() => send(state)) : send(state))
  } catch (err) {
    throw isUnreachable(err) ? unavailable(call.peer) : err
  }
}

async function headersFor(call: PeerCall, state: CallState, given: HeadersInit | undefined): Promise<Headers> {
  const headers = new Headers(given)
  headers.set(SERVICE_TOKEN, await call.sign(call.peer))
  headers.set(CORRELATION_ID, state.correlationId)
  if (state.traceparent !== '') headers.set(TRACEPARENT, state.traceparent)
  if (state.userToken !== undefined) headers.set('authorization', `Bearer ${state.userToken}`)
  return headers
}

/** Nobody answered, rather than somebody refused. */
function isUnreachable(err: unknown): boolean {
  if (isOpen(err)) return true
  return err instanceof ConnectError && err.code === Code.Unavailable && err.details.length === 0
}

function unavailable(peer: string): ConnectError {
  return refuseCall('PEER_UNAVAILABLE', `${peer} cannot be reached right now`, { peer }, { retryAfterMs: 1_000 })
}
