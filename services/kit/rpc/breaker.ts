import { Code, ConnectError } from '@connectrpc/connect'
import {
  BrokenCircuitError,
  circuitBreaker,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  handleWhen,
} from 'cockatiel'
import { breakerState } from '../telemetry/metrics.ts'

/** When a breaker opens and how long it stays open. */
export type BreakerOptions = { readonly failures: number; readonly halfOpenAfterMs: number }

/** Five failures in a row open it for a minute; then one call tries again (half-open). */
export const DEFAULT_BREAKER: BreakerOptions = { failures: 5, halfOpenAfterMs: 60_000 }

const GAUGE: Readonly<Record<CircuitState, number>> = {
  [CircuitState.Closed]: 0,
  [CircuitState.HalfOpen]: 1,
  [CircuitState.Open]: 2,
  [CircuitState.Isolated]: 2,
}

/**
 * A circuit breaker whose state is the metric `tms_breaker_state`.
 *
 * @param isFailure which errors count: those that say that the target is down, never those it answered with
 */
export function breakerFor(
  target: string,
  isFailure: (err: unknown) => boolean,
  options = DEFAULT_BREAKER,
): CircuitBreakerPolicy {
  const policy = circuitBreaker(handleWhen(isFailure), {
    halfOpenAfter: options.halfOpenAfterMs,
    breaker: new ConsecutiveBreaker(options.failures),
  })
  const gauge = breakerState.labels(target)
  gauge.set(GAUGE[policy.state])
  policy.onStateChange((state) => {
    gauge.set(GAUGE[state])
  })
  return policy
}

/** Whether an error was thrown by an open breaker, without a call being made. */
export function isOpen(err: unknown): boolean {
  return err instanceof BrokenCircuitError
}

/** The failures of a peer that count: it cannot be reached, or does not answer in time. */
export function peerIsDown(err: unknown): boolean {
  if (!(err instanceof ConnectError)) return false
  return err.code === Code.Unavailable || err.code === Code.DeadlineExceeded
}
