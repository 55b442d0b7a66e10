import type { Redis } from 'ioredis'
import Redlock, { ExecutionError, type Lock } from 'redlock'

/**
 * Locks in Redis by the Redlock algorithm: a fast "no", never the judge. What must not happen twice is forbidden by a
 * constraint in PostgreSQL.
 */
export interface Locks {
  /**
   * Takes all keys or none, for `ttlMs`.
   *
   * Answers `taken` when somebody holds one of them, and `unavailable` when Redis does not answer.
   */
  acquire(keys: readonly string[], ttlMs: number): Promise<Lease | 'taken' | 'unavailable'>
  /** Runs `work` while holding the keys; false without running it when they are taken. Without Redis it runs. */
  using(keys: readonly string[], ttlMs: number, work: () => Promise<void>): Promise<boolean>
}

/** A held lock; it runs out by itself. */
export type Lease = { release(): Promise<void> }

/** Locks whose keys begin with the prefix; `{braces}` keep the keys of one call in one slot of a cluster. */
export function redisLocks(redis: Redis, prefix: string): Locks {
  const redlock = new Redlock([redis], { retryCount: 0 })
  // Redlock emits what it also throws; unheard, the event would end the process.
  redlock.on('error', () => undefined)

  const acquire: Locks['acquire'] = async (keys, ttlMs) => {
    try {
      const lock = await redlock.acquire(
        keys.map((key) => `${prefix}${key}`),
        ttlMs,
      )
      return leaseOf(lock)
    } catch (err) {
      return (await isTaken(err)) ? 'taken' : 'unavailable'
    }
  }
  return {
    acquire,
    using: async (keys, ttlMs, work) => {
      const lease = await acquire(keys, ttlMs)
      if (lease === 'taken') return false
      try {
        await work()
      } finally {
        if (lease !== 'unavailable') await lease.release()
      }
      return true
    },
  }
}

function leaseOf(lock: Lock): Lease {
  return {
    // A lock that ran out meanwhile cannot be released, and need not be.
    release: () =>
      lock.release().then(
        () => undefined,
        () => undefined,
      ),
  }
}

/** Whether Redis answered "held by another", rather than nothing at all. */
async function isTaken(err: unknown): Promise<boolean> {
  if (!(err instanceof ExecutionError)) return false
  const attempts = await Promise.all(err.attempts)
  return attempts.some(({ votesAgainst }) =>
    [...votesAgainst.values()].some(
      (vote) => vote.name === 'ResourceLockedError' || /locked|already/i.test(vote.message),
    ),
  )
}
