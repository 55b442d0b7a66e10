/** Departures at a regular interval, in seconds since the service day began; none at or after the end. */
export type FrequencyWindow = {
  readonly startSeconds: number
  readonly endSeconds: number
  readonly headwaySeconds: number
}

/** When a schedule leaves on a service day: once, at intervals, or not known. */
export type Departures = {
  readonly startSeconds: number | undefined
  readonly windows: readonly FrequencyWindow[]
}

/** Every departure of one service day, in order; none when the departures are not known. */
export function departuresOf({ startSeconds, windows }: Departures): number[] {
  if (startSeconds !== undefined) return [startSeconds]
  return windows.flatMap(departuresIn).sort((a, b) => a - b)
}

/** Departures of one window; the first at its start. */
export function departuresIn({ startSeconds, endSeconds, headwaySeconds }: FrequencyWindow): number[] {
  const count = Math.max(0, Math.ceil((endSeconds - startSeconds) / headwaySeconds))
  return Array.from({ length: count }, (_, i) => startSeconds + i * headwaySeconds)
}

/** Whether a schedule makes trips at all. */
export function departuresKnown({ startSeconds, windows }: Departures): boolean {
  return startSeconds !== undefined || windows.length > 0
}

/** What is wrong with the departures of a schedule, in words; undefined when nothing is. */
export function departuresFault({ startSeconds, windows }: Departures): string | undefined {
  if (startSeconds !== undefined && windows.length > 0) return 'both a single departure and windows'
  const inOrder = [...windows].sort((a, b) => a.startSeconds - b.startSeconds)
  for (const [i, { startSeconds: start, endSeconds: end }] of inOrder.entries()) {
    if (end <= start) return `the window from ${start} s ends before it begins`
    const next = inOrder[i + 1]
    if (next && next.startSeconds < end) return `the windows from ${start} s and ${next.startSeconds} s overlap`
  }
  return undefined
}
