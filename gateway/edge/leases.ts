import type { Buckets, BucketSize } from './bucket.ts'

/** Whether a call may go on, and what to tell the caller of its budget. */
export type Verdict = { readonly allowed: boolean; readonly left: number; readonly waitMs: number }

/** Takes one call out of a bucket. */
export type Limiter = (key: string, size: BucketSize) => Verdict | Promise<Verdict>

type Lease = {
  /** Calls that were taken out of the bucket and not made yet. */
  calls: number
  /** What is left behind in the bucket itself. */
  left: number
  /** What the lease holds is forfeited after this, lest a quiet caller hoard a whole burst. */
  untilMs: number
  /** Until then the bucket is known to be empty. */
  emptyUntilMs: number
  /** How many to ask for next time. */
  size: number
  renewal: Promise<void> | undefined
}

const leaseMs = 1_000
/** A lease is at most this part of the burst: what all gateways hoard together stays small. */
const largestPart = 20
const mostLeases = 50_000

/**
 * Takes calls out of the buckets a few at a time, so that a busy caller costs one question per lease and not per call.
 *
 * A caller starts with leases of one; each that is used up within its second doubles the next, up to a twentieth of the
 * burst. So at most half of what is taken is forfeited, and small budgets (log-ins) are counted to the call. An empty
 * bucket is remembered until it has something again: a flood costs its refusals only.
 */
export function leasing(buckets: Buckets, now: () => number = () => performance.now()): Limiter {
  const leases = new Map<string, Lease>()
  return (key, size) => {
    const lease = leaseOf(leases, key)
    return takeNow(lease, now()) ?? takeLater(lease, key, size)
  }

  async function takeLater(lease: Lease, key: string, size: BucketSize): Promise<Verdict> {
    for (;;) {
      lease.renewal ??= renew(lease, key, size)
      await lease.renewal
      const verdict = takeNow(lease, now())
      if (verdict) return verdict
    }
  }

  async function renew(lease: Lease, key: string, size: BucketSize): Promise<void> {
    try {
      const usedUp = lease.untilMs > now()
      const largest = Math.max(1, Math.floor(size.burst / largestPart))
      lease.size = usedUp ? Math.min(lease.size * 2, largest) : 1
      const { granted, left, waitMs } = await buckets(key, size, lease.size)
      Object.assign(lease, { calls: granted, left, untilMs: now() + leaseMs })
      if (granted === 0) lease.emptyUntilMs = now() + Math.max(1, waitMs)
    } finally {
      lease.renewal = undefined
    }
  }
}

function takeNow(lease: Lease, nowMs: number): Verdict | undefined {
  if (lease.calls > 0 && lease.untilMs > nowMs) {
    lease.calls -= 1
    return { allowed: true, left: lease.left + lease.calls, waitMs: 0 }
  }
  if (lease.emptyUntilMs <= nowMs) return undefined
  return { allowed: false, left: 0, waitMs: Math.ceil(lease.emptyUntilMs - nowMs) }
}

function leaseOf(leases: Map<string, Lease>, key: string): Lease {
  const known = leases.get(key)
  if (known) return known
  const made: Lease = { calls: 0, left: 0, untilMs: 0, emptyUntilMs: 0, size: 1, renewal: undefined }
  leases.set(key, made)
  if (leases.size > mostLeases) leases.delete(leases.keys().next().value ?? '')
  return made
}
