import { Counter, Gauge, Histogram } from 'prom-client'
import { registry } from '#kit'

const shared = { registers: [registry] }

/** What was judged since the counter was asked: told to it by each of many thousand positions a second, that is work. */
const judged = new Map<string, { count: number }>()

/** Positions judged, by outcome: `accepted`, or the fault that rejected them. */
new Counter({
  ...shared,
  name: 'tms_tracking_positions_total',
  help: 'Positions that were reported, by what became of them.',
  labelNames: ['outcome'] as const,
  collect() {
    for (const [outcome, since] of judged) {
      this.inc({ outcome }, since.count)
      since.count = 0
    }
  },
})

/** Counts a position by what became of it. */
export function countJudged(fault: string | undefined): void {
  const outcome = fault ?? 'accepted'
  const since = judged.get(outcome)
  if (since) since.count += 1
  else judged.set(outcome, { count: 1 })
}

/** Senders that report now. */
export const reportingsOpen = new Gauge({
  ...shared,
  name: 'tms_tracking_reportings',
  help: 'Open streams of positions.',
})

/** Accepted positions that wait for the disk. */
export const positionsWaiting = new Gauge({
  ...shared,
  name: 'tms_tracking_positions_waiting',
  help: 'Positions that were accepted and are not in the history yet.',
})

/** Time to write one batch into the history. */
export const historySeconds = new Histogram({
  ...shared,
  name: 'tms_tracking_history_seconds',
  help: 'Time to write a batch of positions into the history.',
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
})

/** Batches that Redis did not take: the next position repairs what they would have shown. */
export const redisLosses = new Counter({
  ...shared,
  name: 'tms_tracking_redis_losses_total',
  help: 'Batches of positions that could not be given to Redis, by kind.',
  labelNames: ['kind'] as const,
})
