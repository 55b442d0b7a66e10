import { haversineMeters } from '#kit'

/** One measurement of where a bus is, as a sender gave it. What is undefined was not measured. */
export type Sample = {
  /** Its number in the sender's recording; 1 or more. */
  readonly sequence: number
  /** When it was measured, in milliseconds since 1970 by the sender's clock. */
  readonly timeMs: number
  readonly latitudeDegrees: number
  readonly longitudeDegrees: number
  readonly accuracyMeters?: number | undefined
  readonly speedMetersPerSecond?: number | undefined
  readonly headingDegrees?: number | undefined
  readonly altitudeMeters?: number | undefined
  readonly ignitionOn?: boolean | undefined
  readonly fuelPercent?: number | undefined
  readonly engineTemperatureCelsius?: number | undefined
  readonly doorOpen?: boolean | undefined
}

/** Who says where a bus is: a person who can be told something, a device in the bus, or another system's feed. */
export type Source = 'DRIVER' | 'DEVICE' | 'FEED'

/** What is known of a recording when its next sample is judged. */
export type Track = {
  /** The sample that was accepted last. */
  readonly last: Sample | undefined
  /** Samples that were taken for jumps and fit each other: where the bus may really be. */
  readonly elsewhere: { readonly sample: Sample; readonly count: number } | undefined
}

/** A recording of which nothing was accepted yet. */
export const NEW_TRACK: Track = { last: undefined, elsewhere: undefined }

/** When the sender was on duty on the bus. */
export type Duty = { readonly fromMs: number; readonly untilMs: number }

/** What a sample is judged by. */
export type Limits = {
  /** A sender's clock may be fast by so much. */
  readonly maxAheadMs: number
  /** Older samples are not kept. */
  readonly maxAgeMs: number
  readonly maxAccuracyMeters: number
  /** No bus is faster. */
  readonly maxSpeedMetersPerSecond: number
}

/** What a sample is judged by beside itself. */
export type Circumstances = {
  readonly track: Track
  readonly limits: Limits
  readonly duty: Duty
  readonly nowMs: number
}

/** How far a receiver is off when it does not say. */
const USUAL_ACCURACY_METERS = 30

/** Whether a bus can have been at both, with all that the receivers may be wrong. */
export function isReachable(from: Sample, to: Sample, { maxSpeedMetersPerSecond }: Limits): boolean {
  const seconds = Math.abs(to.timeMs - from.timeMs) / 1_000
  const doubt = (from.accuracyMeters ?? USUAL_ACCURACY_METERS) + (to.accuracyMeters ?? USUAL_ACCURACY_METERS)
  return haversineMeters(from, to) <= seconds * maxSpeedMetersPerSecond + doubt
}
