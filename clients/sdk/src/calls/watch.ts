import { Code, ConnectError, type CallOptions } from '@connectrpc/connect'
import { reasonOf } from '../reasons.ts'
import { pause, waitBefore, type RetryOptions } from './retry.ts'

/** How a stream is followed. */
export type FollowOptions<Item> = {
  readonly signal?: AbortSignal | undefined
  readonly retry: RetryOptions
  /** What is older than what was told is not told any more. */
  readonly revisionOf: (item: Item) => bigint
  /** Whether two of one revision say the same: what was told is not told again. */
  readonly isSame: (one: Item, other: Item) => boolean
  /** Whether nothing can come after this. */
  readonly isLast: (item: Item) => boolean
  /** Tries to mend what a call was refused for, e.g. a token that ran out; true when it is worth another try. */
  readonly renew: (err: unknown) => Promise<boolean>
}

/**
 * Follows a stream that tells how something stands, over broken connections, until its last state.
 *
 * A stream that ends or breaks before is opened again; as each begins with the present state, nothing is missed but what
 * was overtaken. It gives up only on a refusal, or when the signal says so.
 */
export async function* follow<Item>(
  open: (options: CallOptions) => AsyncIterable<Item>,
  { signal = new AbortController().signal, retry, revisionOf, isSame, isLast, renew }: FollowOptions<Item>,
): AsyncGenerator<Item, void, undefined> {
  let told: Item | undefined
  const isNews = (item: Item) =>
    told === undefined ||
    revisionOf(item) > revisionOf(told) ||
    (revisionOf(item) === revisionOf(told) && !isSame(item, told))
  let failures = 0
  for (;;) {
    let lost: unknown = new ConnectError('the stream ended before its last state', Code.Unavailable)
    try {
      // No deadline: a stream lives as long as there is something to wait for.
      for await (const item of open({ signal, timeoutMs: 0 })) {
        failures = 0
        if (isNews(item)) {
          told = item
          yield item
        }
        if (isLast(item)) return
      }
    } catch (err) {
      if (signal.aborted || !(isPassing(err) || (await renew(err)))) throw err
      lost = err
    }
    failures += 1
    await pause(waitAfter(lost, failures, retry), signal)
  }
}

/** Whether an error is that of a connection, which another one may not have. */
export function isPassing(err: unknown): boolean {
  const { code } = ConnectError.from(err)
  if (code === Code.Unavailable || code === Code.ResourceExhausted || code === Code.Aborted) return true
  // What a stream that is cut in the middle looks like to some runtimes; an error that the service itself gave has a reason.
  return (code === Code.Internal || code === Code.Unknown) && reasonOf(err) === undefined
}

function waitAfter(lost: unknown, failures: number, retry: RetryOptions): number {
  const endless = { ...retry, attempts: Number.POSITIVE_INFINITY }
  return waitBefore(lost, Math.min(failures, 10), endless) ?? retry.firstWaitMs
}
