/** A token bucket: it holds `burst` calls at most and fills by `perSecond`. */
export type BucketSize = { readonly burst: number; readonly perSecond: number }

/** What came of asking a bucket for calls. */
export type Grant = {
  /** How many were given: from none to as many as were asked for. */
  readonly granted: number
  /** How many are left in the bucket. */
  readonly left: number
  /** When nothing was given: after how long there is one, in milliseconds. */
  readonly waitMs: number
}

/** Takes calls out of buckets, which are made full when they are first asked for. */
export type Buckets = (key: string, size: BucketSize, wanted: number) => Promise<Grant>

/** As many buckets as one process keeps; beyond, the longest untouched one is dropped, and is full again. */
const mostBuckets = 50_000

/**
 * Buckets in the memory of this process: what holds while Redis is away, per gateway instead of for all together.
 *
 * @param now milliseconds of a clock that only goes forward.
 */
export function localBuckets(now: () => number = () => performance.now()): Buckets {
  const buckets = new Map<string, { tokens: number; atMs: number }>()
  return (key, size, wanted) => {
    const atMs = now()
    const before = buckets.get(key) ?? { tokens: size.burst, atMs }
    const tokens = Math.min(size.burst, before.tokens + ((atMs - before.atMs) / 1000) * size.perSecond)
    const granted = Math.min(wanted, Math.floor(tokens))
    buckets.delete(key) // to the end of the order
    buckets.set(key, { tokens: tokens - granted, atMs })
    if (buckets.size > mostBuckets) buckets.delete(buckets.keys().next().value ?? '')
    const waitMs = granted > 0 ? 0 : Math.ceil(((1 - tokens) / size.perSecond) * 1000)
    return Promise.resolve({ granted, left: Math.floor(tokens - granted), waitMs })
  }
}
