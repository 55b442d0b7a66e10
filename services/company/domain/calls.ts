/** A trip's call at one stop, in seconds since it left the first one. */
export type CallOffset = {
  readonly arrivalSeconds: number
  readonly departureSeconds: number
  readonly pickupRefused: boolean
  readonly dropOffRefused: boolean
}

/**
 * What is wrong with the calls of a schedule, in words; undefined when they fit.
 *
 * They begin with departure 0, never go back in time, and there is one for each stop of the pattern.
 */
export function callsFault(calls: readonly CallOffset[], stopCount: number): string | undefined {
  if (calls.length !== stopCount) return `${calls.length} calls for a pattern of ${stopCount} stops`
  if (calls[0]?.departureSeconds !== 0) return 'the first call does not depart at 0: calls are counted from departure'
  let clock = 0
  for (const [sequence, { arrivalSeconds, departureSeconds }] of calls.entries()) {
    if (arrivalSeconds < clock) return `call ${sequence} arrives before the one before it departs`
    if (departureSeconds < arrivalSeconds) return `call ${sequence} departs before it arrives`
    clock = departureSeconds
  }
  return undefined
}

/** Calls made from a pattern's usual travel times: no dwell, all may get on and off. */
export function callsFromDurations(stops: readonly { readonly durationSeconds: number }[]): CallOffset[] {
  return stops.map(({ durationSeconds }) => ({
    arrivalSeconds: durationSeconds,
    departureSeconds: durationSeconds,
    pickupRefused: false,
    dropOffRefused: false,
  }))
}

/** Seconds from departure at the first stop to arrival at the last. */
export function runningSeconds(calls: readonly CallOffset[]): number {
  return calls.at(-1)?.arrivalSeconds ?? 0
}
