import type { Filter } from './filter.ts'

/** A number that is missing, none at all, or outside of what can be measured. The bounds are those of the contract. */
export const invalid: Filter = {
  fault: 'INVALID',
  rejects: (sample) =>
    !(Number.isSafeInteger(sample.sequence) && sample.sequence > 0) ||
    !Number.isFinite(sample.timeMs) ||
    !within(-90, sample.latitudeDegrees, 90) ||
    !within(-180, sample.longitudeDegrees, 180) ||
    isOutside(0, sample.accuracyMeters, 100_000) ||
    isOutside(0, sample.speedMetersPerSecond, 400) ||
    isOutside(0, sample.headingDegrees, 360) ||
    isOutside(-1_000, sample.altitudeMeters, 20_000) ||
    isOutside(0, sample.fuelPercent, 100) ||
    isOutside(-60, sample.engineTemperatureCelsius, 250),
}

/** False for NaN as well. */
const within = (min: number, value: number, max: number): boolean => value >= min && value <= max

const isOutside = (min: number, value: number | undefined, max: number): boolean =>
  value !== undefined && !within(min, value, max)
