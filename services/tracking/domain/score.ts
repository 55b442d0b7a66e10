import { haversineMeters } from '#kit'
import type { Seen } from './watch/types.ts'

/** How somebody drove. */
export type Score = {
  readonly distanceMeters: number
  readonly movingMs: number
  readonly harshBrakings: number
  readonly harshAccelerations: number
  readonly speedingMs: number
  readonly topSpeedMetersPerSecond: number
  /** 100 at best, 0 at worst; undefined when too little was driven to say. */
  readonly score: number | undefined
}

/** Usual bounds of fleet insurers for heavy vehicles: 0.35 g and 0.29 g. */
const HARSH_BRAKING = 3.4
const HARSH_ACCELERATION = 2.8
/** Positions further apart say nothing of what was between them. */
const MOST_GAP_MS = 30_000
/** Changes of speed are told by measurements that are close, or they are averages. */
const MOST_CHANGE_MS = 5_000
const MOVING = 1
const LEAST_METERS = 1_000
/** What each harsh moment per 100 km costs, and each percent of the time above the limit. */
const COST = { harsh: 2, speeding: 1.5 }

/**
 * Scores a drive by its positions, in order.
 *
 * Only speeds that receivers measured count for braking and acceleration: those made of two positions jump by their errors.
 */
export function scoreOf(positions: readonly Seen[], limitMetersPerSecond: number): Score {
  const sums = { distanceMeters: 0, movingMs: 0, brakings: 0, accelerations: 0, speedingMs: 0, top: 0 }
  let harsh: 'braking' | 'acceleration' | undefined
  for (const [i, to] of positions.entries()) {
    sums.top = Math.max(sums.top, to.speedMetersPerSecond ?? 0)
    const from = positions[i - 1]
    const gapMs = from ? to.timeMs - from.timeMs : 0
    if (!from || gapMs <= 0 || gapMs > MOST_GAP_MS) {
      harsh = undefined
      continue
    }
    const meters = haversineMeters(from, to)
    const speed = to.speedMetersPerSecond ?? (meters / gapMs) * 1_000
    sums.distanceMeters += speed >= MOVING ? meters : 0
    sums.movingMs += speed >= MOVING ? gapMs : 0
    sums.speedingMs += speed > limitMetersPerSecond ? gapMs : 0
    // A braking that lasts is one braking.
    const now = harshnessOf(from, to, gapMs)
    if (now !== harsh && now === 'braking') sums.brakings += 1
    if (now !== harsh && now === 'acceleration') sums.accelerations += 1
    harsh = now
  }
  return {
    distanceMeters: sums.distanceMeters,
    movingMs: sums.movingMs,
    harshBrakings: sums.brakings,
    harshAccelerations: sums.accelerations,
    speedingMs: sums.speedingMs,
    topSpeedMetersPerSecond: sums.top,
    score: gradeOf(sums.distanceMeters, sums.brakings + sums.accelerations, sums.speedingMs / (sums.movingMs || 1)),
  }
}

function harshnessOf(from: Seen, to: Seen, gapMs: number): 'braking' | 'acceleration' | undefined {
  if (gapMs > MOST_CHANGE_MS || from.speedMetersPerSecond === undefined || to.speedMetersPerSecond === undefined)
    return undefined
  const change = ((to.speedMetersPerSecond - from.speedMetersPerSecond) / gapMs) * 1_000
  if (change < -HARSH_BRAKING) return 'braking'
  return change > HARSH_ACCELERATION ? 'acceleration' : undefined
}

function gradeOf(distanceMeters: number, harshMoments: number, speedingShare: number): number | undefined {
  if (distanceMeters < LEAST_METERS) return undefined
  const harshPer100Km = (harshMoments / distanceMeters) * 100_000
  return Math.max(0, 100 - harshPer100Km * COST.harsh - speedingShare * 100 * COST.speeding)
}
