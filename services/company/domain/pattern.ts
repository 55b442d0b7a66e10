/** A stop of a pattern: distance and usual travel time from the first one. */
export type PatternStop = {
  readonly stopId: string
  readonly distanceMeters: number
  readonly durationSeconds: number
}

/** The stretch between two consecutive stops: leg i runs from stop i to stop i+1. */
export type Segment = {
  readonly fromSequence: number
  readonly fromStopId: string
  readonly toStopId: string
  readonly distanceMeters: number
  readonly durationSeconds: number
}

/** The legs of a pattern: A-B-C-D has A-B, B-C and C-D. */
export function segmentsOf(stops: readonly PatternStop[]): Segment[] {
  return stops.slice(1).map((to, fromSequence) => {
    const from = stops[fromSequence]!
    return {
      fromSequence,
      fromStopId: from.stopId,
      toStopId: to.stopId,
      distanceMeters: to.distanceMeters - from.distanceMeters,
      durationSeconds: to.durationSeconds - from.durationSeconds,
    }
  })
}

/** Sequence of the first stop that breaks the rules: the first is at 0, distance and travel time never decrease. */
export function patternFault(stops: readonly PatternStop[]): number | undefined {
  const first = stops[0]
  if (!first || first.distanceMeters !== 0 || first.durationSeconds !== 0) return 0
  const at = segmentsOf(stops).findIndex((leg) => leg.distanceMeters < 0 || leg.durationSeconds < 0)
  return at === -1 ? undefined : at + 1
}
