import { Code, ConnectError } from '@connectrpc/connect'
import { newId } from '../ids.ts'
import type { TmsStorage } from '../storage.ts'

/** Runs a call under a key that outlives the page: the same name gives the same key until the call has an outcome. */
export type WithKey = <T>(name: string, call: (key: string) => Promise<T>) => Promise<T>

/** Failures after which nobody can say whether the call took effect. */
const unclear = new Set([
  Code.Unavailable,
  Code.DeadlineExceeded,
  Code.Canceled,
  Code.Unknown,
  Code.Internal,
  Code.Aborted,
  Code.ResourceExhausted,
  Code.Unauthenticated,
])

/**
 * Keeps the key of a call in the storage while its outcome is not known: through retries, reloads and crashes. A success or
 * a clear refusal forgets it, so that the next call of that name is a new one.
 *
 * Name a call by what it is for, e.g. `pay ${bookingId}`: pressing the button twice is then one payment.
 */
export function keeper(storage: TmsStorage, prefix: string): WithKey {
  return async (name, call) => {
    const item = `${prefix}key:${name}`
    const key = (await storage.getItem(item)) ?? newId()
    await storage.setItem(item, key)
    try {
      const answer = await call(key)
      await storage.removeItem(item)
      return answer
    } catch (err) {
      if (err instanceof ConnectError && !unclear.has(err.code)) await storage.removeItem(item)
      throw err
    }
  }
}
