import type { Filter } from './filter.ts'

/** Measured when somebody else had the bus: before the sender's trip, or after its end. */
export const offDuty: Filter = {
  fault: 'OFF_DUTY',
  rejects: ({ timeMs }, { duty }) => timeMs < duty.fromMs || timeMs > duty.untilMs,
}
