import type { Filter } from './filter.ts'

/** Stored on the phone for longer than anybody waits, or measured by a clock that began anew. */
export const tooOld: Filter = {
  fault: 'TOO_OLD',
  rejects: (sample, { limits, nowMs }) => sample.timeMs < nowMs - limits.maxAgeMs,
}
