/** A vehicle as another system's feed tells it. Texts are empty where the feed says nothing. */
export type FeedVehicle = {
  /** The feed's own name for it, the same in every reading. */
  readonly vehicleId: string
  /** Plate, label and id: one of them may be the plate of a bus. */
  readonly names: readonly string[]
  /** What it runs: the trip, e.g. `4711`, the service date, e.g. `20261120`, and the departure, e.g. `09:00:00`. */
  readonly tripId: string
  readonly startDate: string
  readonly startTime: string
  /** When it was measured, in seconds since 1970. */
  readonly seconds: number
  readonly latitudeDegrees: number
  readonly longitudeDegrees: number
  readonly headingDegrees: number | undefined
  readonly speedMetersPerSecond: number | undefined
}

/** Why a feed changes nothing, as the contract names it. */
export type FeedFault = 'UNREACHABLE' | 'STATUS' | 'TOO_LARGE' | 'UNREADABLE' | 'STALE' | 'ADDRESS_PRIVATE'

/** A feed that cannot be used. */
export class UnusableFeed extends Error {
  override readonly name = 'UnusableFeed'
  readonly fault: FeedFault

  constructor(fault: FeedFault, detail: string, cause?: unknown) {
    super(detail, { cause })
    this.fault = fault
  }
}
