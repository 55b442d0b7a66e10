import { type Circumstances, isReachable, type Limits, type Sample, type Track } from '../sample.ts'
import { duplicate } from './duplicate.ts'
import type { Fault, Filter } from './filter.ts'
import { future } from './future.ts'
import { impossibleJump } from './impossible_jump.ts'
import { inaccurate } from './inaccurate.ts'
import { invalid } from './invalid.ts'
import { offDuty } from './off_duty.ts'
import { outOfOrder } from './out_of_order.ts'
import { tooOld } from './too_old.ts'
import { zero } from './zero.ts'

export type { Fault, Filter } from './filter.ts'

/** The steps in their order: each may trust what those before it have seen to. */
export const filters: readonly Filter[] = [
  invalid,
  zero,
  duplicate,
  outOfOrder,
  future,
  tooOld,
  offDuty,
  inaccurate,
  impossibleJump,
]

/** The first objection to a sample; undefined when it is accepted. */
export function faultOf(sample: Sample, circumstances: Circumstances): Fault | undefined {
  for (const { fault, rejects } of filters) if (rejects(sample, circumstances)) return fault
  return undefined
}

/** What is known of the recording after a sample was judged. */
export function trackAfter(track: Track, sample: Sample, fault: Fault | undefined, limits: Limits): Track {
  if (fault === undefined) return { last: sample, elsewhere: undefined }
  if (fault !== 'IMPOSSIBLE_JUMP') return track
  const before = track.elsewhere
  const fits =
    before !== undefined && before.sample.timeMs < sample.timeMs && isReachable(before.sample, sample, limits)
  return { ...track, elsewhere: { sample, count: fits ? before.count + 1 : 1 } }
}
