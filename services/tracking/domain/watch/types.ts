/** A position as far as watching needs it. */
export type Seen = {
  readonly timeMs: number
  readonly latitudeDegrees: number
  readonly longitudeDegrees: number
  readonly speedMetersPerSecond?: number | undefined
}

/** A call of a trip at a stop. */
export type WatchedCall = {
  readonly sequence: number
  readonly stopId: string
  readonly latitudeDegrees: number
  readonly longitudeDegrees: number
  readonly arrivalMs: number
  readonly departureMs: number
}

/** A trip as far as watching needs it. */
export type WatchedTrip = {
  readonly tripId: string
  readonly routeId: string | undefined
  /** Whether it left and has not ended. */
  readonly isUnderway: boolean
  readonly calls: readonly WatchedCall[]
}

/** What is too much. */
export type WatchLimits = { readonly speedMetersPerSecond: number; readonly longStopMs: number }

/** What was found. */
export type Fact =
  | { readonly kind: 'arrived' | 'departed'; readonly call: WatchedCall; readonly isLast: boolean }
  | { readonly kind: 'entered' | 'exited' | 'dwelled' | 'crossed'; readonly geofenceId: string; readonly name: string }
  | { readonly kind: 'speeding'; readonly speedMetersPerSecond: number; readonly limitMetersPerSecond: number }
  | { readonly kind: 'long stop'; readonly sinceMs: number }
  | { readonly kind: 'off route'; readonly distanceMeters: number }
  | { readonly kind: 'back on route' }
