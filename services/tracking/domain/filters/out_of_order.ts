import type { Filter } from './filter.ts'

/** Time runs forward within a recording; receivers that count whole seconds may give one second twice. */
export const outOfOrder: Filter = {
  fault: 'OUT_OF_ORDER',
  rejects: (sample, { track: { last } }) => last !== undefined && sample.timeMs < last.timeMs,
}
