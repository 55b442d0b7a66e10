import type { Filter } from './filter.ts'

/** What receivers say that know nothing; the place itself is in the sea, a thousand kilometres from any road of ours. */
export const zero: Filter = {
  fault: 'ZERO',
  rejects: ({ latitudeDegrees, longitudeDegrees }) =>
    Math.abs(latitudeDegrees) < NONE && Math.abs(longitudeDegrees) < NONE,
}

/** Degrees, some ten metres: rounding on the way makes of 0 something near it. */
const NONE = 1e-4
