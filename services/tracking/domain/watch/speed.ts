import { haversineMeters } from '#kit'
import type { Seen } from './types.ts'

/** Speed over ground: as measured, else by the way since the position before. */
export function speedOf(last: Seen, seen: Seen): number {
  if (seen.speedMetersPerSecond !== undefined) return seen.speedMetersPerSecond
  const seconds = (seen.timeMs - last.timeMs) / 1_000
  return seconds > 0 ? haversineMeters(last, seen) / seconds : 0
}
