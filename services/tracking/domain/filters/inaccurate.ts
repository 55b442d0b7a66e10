import type { Filter } from './filter.ts'

/** By its own word too far off to say on which road the bus is. */
export const inaccurate: Filter = {
  fault: 'INACCURATE',
  rejects: ({ accuracyMeters }, { limits }) =>
    accuracyMeters !== undefined && accuracyMeters > limits.maxAccuracyMeters,
}
