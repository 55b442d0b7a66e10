import { MethodOptions_IdempotencyLevel as Level } from '@bufbuild/protobuf/wkt'
import { Code, ConnectError, type Interceptor } from '@connectrpc/connect'
import { retryAfterMsOf } from '../reasons.ts'
import { keyFieldOf } from './keys.ts'

/** How calls are repeated. */
export type RetryOptions = {
  /** Attempts in all, the first included; 1 repeats nothing. */
  readonly attempts: number
  /** The wait before the first repeat; it doubles with each, and is drawn at random up to that. */
  readonly firstWaitMs: number
  /** A call that would have to wait longer than this is not repeated. */
  readonly longestWaitMs: number
}

export const defaultRetry: RetryOptions = { attempts: 4, firstWaitMs: 200, longestWaitMs: 5_000 }

/**
 * Repeats calls that failed for want of a connection or of capacity, when their contract says that a repeat is safe: reads,
 * calls marked as idempotent, and calls that carry a key. A time that the server asks for (`RetryInfo`) is kept.
 */
export function retrying(options: RetryOptions): Interceptor {
  return (next) => async (req) => {
    if (req.stream || !isRepeatable(req.method)) return next(req)
    for (let attempt = 1; ; attempt++) {
      try {
        return await next(req)
      } catch (err) {
        const waitMs = waitBefore(err, attempt, options)
        if (waitMs === undefined || req.signal.aborted) throw err
        await pause(waitMs, req.signal)
      }
    }
  }
}

/** How long to wait after the given failed attempt; undefined when the failure is final. */
export function waitBefore(err: unknown, attempt: number, options: RetryOptions): number | undefined {
  if (attempt >= options.attempts || !(err instanceof ConnectError)) return undefined
  const asked = retryAfterMsOf(err)
  const isPassing = err.code === Code.Unavailable || (err.code === Code.ResourceExhausted && asked !== undefined)
  if (!isPassing) return undefined
  // At random, so that clients that failed together do not come back together.
  const drawn = Math.random() * options.firstWaitMs * 2 ** (attempt - 1)
  const waitMs = Math.min(drawn, options.longestWaitMs) + (asked ?? 0)
  return (asked ?? 0) > options.longestWaitMs ? undefined : waitMs
}

type Method = Parameters<typeof keyFieldOf>[0]

function isRepeatable(method: Method): boolean {
  const { idempotency } = method
  return idempotency === Level.NO_SIDE_EFFECTS || idempotency === Level.IDEMPOTENT || keyFieldOf(method) !== undefined
}

/** Waits, or throws what the signal was aborted with. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const give = () => {
    reject(ConnectError.from(signal.reason, Code.Canceled))
  }
  if (signal.aborted) give()
  const timer = setTimeout(resolve, ms)
  signal.addEventListener('abort', give)
  try {
    await promise
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', give)
  }
}
