import { isReachable } from '../sample.ts'
import type { Filter } from './filter.ts'

/**
 * Further from the last accepted sample than a bus can have driven since.
 *
 * When samples after each other fit each other but not the last accepted one, that one was wrong: the third is accepted.
 */
export const impossibleJump: Filter = {
  fault: 'IMPOSSIBLE_JUMP',
  rejects: (sample, { track: { last, elsewhere }, limits }) => {
    if (last === undefined || isReachable(last, sample, limits)) return false
    const settled = elsewhere !== undefined && elsewhere.count >= CONVINCING - 1
    return !(settled && elsewhere.sample.timeMs < sample.timeMs && isReachable(elsewhere.sample, sample, limits))
  },
}

/** So many samples that fit each other are believed against one. */
const CONVINCING = 3
