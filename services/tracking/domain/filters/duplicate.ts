import type { Filter } from './filter.ts'

/** A number that is not above one that was accepted, or the same measurement under another number. */
export const duplicate: Filter = {
  fault: 'DUPLICATE',
  rejects: (sample, { track: { last } }) =>
    last !== undefined &&
    (sample.sequence <= last.sequence ||
      (sample.timeMs === last.timeMs &&
        sample.latitudeDegrees === last.latitudeDegrees &&
        sample.longitudeDegrees === last.longitudeDegrees)),
}
