/**
 * The four-bucket measure of arrival predictions: the shares of predictions that came true, by how far ahead they were, and
 * the mean of the four. A bus that comes before its time is missed, so less of that is allowed than of waiting.
 */
export type Accuracy = {
  readonly score: number
  readonly buckets: readonly { readonly untilMinutes: number; readonly count: number; readonly share: number }[]
}

/** A prediction and what came of it. */
export type Graded = { readonly madeMs: number; readonly predictedMs: number; readonly actualMs: number }

/** Minutes ahead, and the minutes that the bus may come before and after the predicted time. */
const BUCKETS = [
  { fromMinutes: 0, untilMinutes: 3, early: 0.5, late: 1.5 },
  { fromMinutes: 3, untilMinutes: 6, early: 1, late: 2.5 },
  { fromMinutes: 6, untilMinutes: 10, early: 1, late: 3.5 },
  { fromMinutes: 10, untilMinutes: 15, early: 1.5, late: 4.5 },
] as const

/** Grades predictions; those that were more than 15 minutes ahead, or already past when they were made, are not graded. */
export function accuracyOf(predictions: readonly Graded[]): Accuracy {
  const buckets = BUCKETS.map(({ fromMinutes, untilMinutes, early, late }) => {
    const own = predictions.filter(({ madeMs, predictedMs }) => {
      const ahead = (predictedMs - madeMs) / 60_000
      return ahead >= fromMinutes && ahead < untilMinutes
    })
    const good = own.filter(({ predictedMs, actualMs }) => {
      const off = (actualMs - predictedMs) / 60_000
      return off >= -early && off <= late
    })
    return { untilMinutes, count: own.length, share: own.length === 0 ? 0 : good.length / own.length }
  })
  const counted = buckets.filter(({ count }) => count > 0)
  return { score: counted.reduce((sum, { share }) => sum + share, 0) / Math.max(1, counted.length), buckets }
}
