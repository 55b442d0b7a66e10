import { type Prediction, Z80 } from './predict.ts'

/**
 * How far the bounds of predictions reach, in deviations, learnt from trips that were driven: legs alone do not tell how
 * wrong predictions are, as weather, drivers and roadworks are in no timetable.
 */
export type Calibration = { readonly tripCount: number; readonly reach: number }

/** Before any trip was driven: as if errors were normal, and deviations right. */
export const UNCALIBRATED: Calibration = { tripCount: 0, reach: Z80 }

/** The share of arrivals that the bounds are to hold. */
const WANTED = 0.8
/** A trip moves the reach by so much at least, so that it follows the seasons; and the first trips by more. */
const LEAST_STEP = 0.05
const FIRST_TRIPS = 2
/** Bounds that are wider or narrower say nothing. */
const [LEAST_REACH, MOST_REACH] = [0.5, 6]

/** A prediction, and what came of it. */
export type Told = { readonly prediction: Prediction; readonly actualMs: number }

/** The share of predictions within a reach of their middle; undefined of none. */
export function shareWithin(told: readonly Told[], reach: number): number | undefined {
  if (told.length === 0) return undefined
  const within = told.filter(({ prediction: { middleMs, deviationMs }, actualMs }) => {
    return Math.abs(actualMs - middleMs) <= reach * deviationMs
  })
  return within.length / told.length
}

/**
 * The calibration after another trip, whose predictions were made without knowledge of it.
 *
 * Each trip widens the bounds by what fell out of them, and narrows them by what was left over: the reach at which it comes to
 * rest holds the wanted share, whatever the errors look like. The predictions of a trip share its weather and its driver, so
 * they count once. Source: I. Gibbs, E. Candès, "Adaptive Conformal Inference Under Distribution Shift", NeurIPS 2021.
 */
export function calibrated({ tripCount, reach }: Calibration, told: readonly Told[]): Calibration {
  const share = shareWithin(told, reach)
  if (share === undefined) return { tripCount, reach }
  const step = Math.max(LEAST_STEP, FIRST_TRIPS / (tripCount + FIRST_TRIPS))
  const next = reach * Math.exp(step * (WANTED - share))
  return { tripCount: tripCount + 1, reach: Math.min(MOST_REACH, Math.max(LEAST_REACH, next)) }
}
