import type { Circumstances, Sample } from '../sample.ts'

/** Why a sample is not accepted, as the contract names it. */
export type Fault =
  | 'INVALID'
  | 'ZERO'
  | 'DUPLICATE'
  | 'OUT_OF_ORDER'
  | 'FUTURE'
  | 'TOO_OLD'
  | 'INACCURATE'
  | 'IMPOSSIBLE_JUMP'
  | 'OFF_DUTY'

/** One step of the judgement; the steps before it had no objection. */
export type Filter = {
  readonly fault: Fault
  readonly rejects: (sample: Sample, circumstances: Circumstances) => boolean
}
