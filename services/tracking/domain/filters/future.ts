import type { Filter } from './filter.ts'

/** Measured later than now: the sender's clock is wrong by more than clocks usually are. */
export const future: Filter = {
  fault: 'FUTURE',
  rejects: (sample, { limits, nowMs }) => sample.timeMs > nowMs + limits.maxAheadMs,
}
