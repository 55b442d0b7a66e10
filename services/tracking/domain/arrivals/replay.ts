import type { Told } from './calibration.ts'
import { type LegHistory, type Plan, type Prediction, predictArrivals } from './predict.ts'
import { type Fix, noteArrivals, type Progress, progressAfter } from './progress.ts'
import type { Shape } from './shape.ts'

/** A ride that is over, and what is known of its way without it. */
export type Replayed = {
  readonly shape: Shape
  readonly fixes: readonly Fix[]
  readonly plan: Plan
  readonly history: LegHistory
  readonly hourOf: (timeMs: number) => number
  /** How many deviations the bounds reach. */
  readonly reach: number
}

/** What was predicted at one moment of a ride. */
export type Round = { readonly progress: Progress; readonly predictions: readonly Prediction[] }

/** A prediction is made so often on the way. */
const EVERY_MS = 30_000

/** Plays a ride as it came in, from a moment on: what would have been predicted on the way. */
export function* roundsOf(ride: Replayed, fromMs: number): Generator<Round> {
  const { shape, fixes, plan, history, hourOf, reach } = ride
  const arrivalsMs: (number | undefined)[] = shape.stops.map(() => undefined)
  let [progress, nextMs]: [Progress | undefined, number] = [undefined, fromMs]
  for (const fix of fixes) {
    const before = progress
    progress = progressAfter(shape, before, fix)
    if (!progress) continue
    noteArrivals(shape, arrivalsMs, before, progress)
    if (fix.timeMs < nextMs || progress.timeMs !== fix.timeMs) continue
    nextMs = fix.timeMs + EVERY_MS
    const { meters, timeMs } = progress
    // Two positions make a speed.
    const speed = before ? progress.speed : undefined
    yield {
      progress,
      predictions: predictArrivals(plan, { meters, timeMs, speed, arrivalsMs }, history, hourOf, reach),
    }
  }
}

/** What was predicted on a ride, beside when it really was at its stops; of those that it was seen at. */
export function toldOn(ride: Replayed, actual: readonly (number | undefined)[]): Told[] {
  const [startMs] = actual
  if (startMs === undefined) return []
  return [...roundsOf(ride, startMs)].flatMap(({ progress, predictions }) =>
    predictions.flatMap((prediction): Told[] => {
      const actualMs = actual[prediction.stop]
      return actualMs === undefined || actualMs <= progress.timeMs ? [] : [{ prediction, actualMs }]
    }),
  )
}
