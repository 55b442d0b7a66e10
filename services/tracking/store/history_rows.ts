import type { Sample } from '../domain/sample.ts'

/** What all positions of one reporting have in common. */
export type RowOwner = {
  readonly tenantId: string
  readonly busId: string
  readonly recordingId: string
}

/** One position on its way into the history. */
export type HistoryRow = {
  readonly owner: RowOwner
  readonly tripId: string | undefined
  readonly sample: Sample
  readonly receiveTimeMs: number
}

/** The columns, in the order of {@link copyLine}. */
export const COLUMNS = `tenant_id, bus_id, trip_id, recording_id, sequence, sample_time, receive_time, latitude_degrees,
  longitude_degrees, accuracy_meters, speed_meters_per_second, heading_degrees, altitude_meters, ignition_on, fuel_percent,
  engine_temperature_celsius, door_open`

/** A row in the text format of COPY. All of it is numbers, ids and times, so nothing needs escaping. */
export function copyLine({ owner, tripId, sample, receiveTimeMs }: HistoryRow): string {
  return (
    `${owner.tenantId}\t${owner.busId}\t${tripId ?? NULL}\t${owner.recordingId}\t${sample.sequence}\t` +
    `${isoOf(sample.timeMs)}\t${isoOf(receiveTimeMs)}\t${sample.latitudeDegrees}\t${sample.longitudeDegrees}\t` +
    `${hundredths(sample.accuracyMeters)}\t${hundredths(sample.speedMetersPerSecond)}\t` +
    `${hundredths(sample.headingDegrees)}\t${hundredths(sample.altitudeMeters)}\t${sample.ignitionOn ?? NULL}\t` +
    `${hundredths(sample.fuelPercent)}\t${hundredths(sample.engineTemperatureCelsius)}\t${sample.doorOpen ?? NULL}\n`
  )
}

/** The UTC day that a row's partition is of, e.g. `2026-11-20`. */
export function dayOf({ sample }: HistoryRow): string {
  return isoOf(sample.timeMs).slice(0, 10)
}

const NULL = '\\N'

/** No receiver is that exact, and a number too small for the column would have the whole batch refused. */
function hundredths(value: number | undefined): number | string {
  return value === undefined ? NULL : Math.round(value * 100) / 100
}

let lastMs = Number.NaN
let lastIso = ''

/** Rows of one batch were received at few different moments. */
function isoOf(ms: number): string {
  if (ms === lastMs) return lastIso
  lastMs = ms
  lastIso = new Date(ms).toISOString()
  return lastIso
}
