import type { Sample, Source } from './sample.ts'

/** A position as files tell it. */
export type FiledPosition = {
  readonly busId: string
  readonly tripId: string | undefined
  readonly source: Source
  readonly sample: Sample
}

/** Writes positions into a file, part by part. */
export type PositionFile = {
  readonly head: string
  part(positions: readonly FiledPosition[]): string
  /** What ends the file. */
  tail(): string
}

const COLUMNS: readonly (readonly [string, (position: FiledPosition) => string | number | boolean | undefined])[] = [
  ['bus_id', ({ busId }) => busId],
  ['trip_id', ({ tripId }) => tripId],
  ['sample_time', ({ sample }) => iso(sample)],
  ['latitude_degrees', ({ sample }) => sample.latitudeDegrees],
  ['longitude_degrees', ({ sample }) => sample.longitudeDegrees],
  ['accuracy_meters', ({ sample }) => sample.accuracyMeters],
  ['speed_meters_per_second', ({ sample }) => sample.speedMetersPerSecond],
  ['heading_degrees', ({ sample }) => sample.headingDegrees],
  ['altitude_meters', ({ sample }) => sample.altitudeMeters],
  ['ignition_on', ({ sample }) => sample.ignitionOn],
  ['fuel_percent', ({ sample }) => sample.fuelPercent],
  ['engine_temperature_celsius', ({ sample }) => sample.engineTemperatureCelsius],
  ['door_open', ({ sample }) => sample.doorOpen],
  ['source', ({ source }) => source],
]

/** CSV by RFC 4180. No value has a comma or a quote, and none begins like a formula but numbers. */
export function csvFile(): PositionFile {
  const line = (values: readonly (string | number | boolean | undefined)[]) =>
    `${values.map((value) => value ?? '').join(',')}\r\n`
  return {
    head: line(COLUMNS.map(([name]) => name)),
    part: (positions) => positions.map((position) => line(COLUMNS.map(([, value]) => value(position)))).join(''),
    tail: () => '',
  }
}

/** After such a silence a track goes on in a new segment. */
const SILENCE_MS = 5 * 60_000

/** GPX 1.1: one track; elements in the order that its schema asks for. */
export function gpxFile(): PositionFile {
  let before: FiledPosition | undefined
  const point = (position: FiledPosition) => {
    const breaks = before !== undefined && isBreak(before, position)
    before = position
    return (breaks ? '</trkseg><trkseg>\n' : '') + gpxPoint(position)
  }
  return {
    head:
      '<?xml version="1.0" encoding="UTF-8"?>\n' +
      '<gpx version="1.1" creator="TMS" xmlns="http://www.topografix.com/GPX/1/1">\n<trk><trkseg>\n',
    part: (positions) => positions.map(point).join(''),
    tail: () => '</trkseg></trk>\n</gpx>\n',
  }
}

function isBreak(before: FiledPosition, position: FiledPosition): boolean {
  return before.tripId !== position.tripId || position.sample.timeMs - before.sample.timeMs > SILENCE_MS
}

function gpxPoint({ sample }: FiledPosition): string {
  const { latitudeDegrees, longitudeDegrees, altitudeMeters } = sample
  const elevation = altitudeMeters === undefined ? '' : `<ele>${decimal(altitudeMeters)}</ele>`
  return `<trkpt lat="${decimal(latitudeDegrees)}" lon="${decimal(longitudeDegrees)}">${elevation}<time>${iso(sample)}</time></trkpt>\n`
}

/** XML Schema's decimal knows no exponent; eight places are a millimetre. */
const decimal = (value: number): string => value.toFixed(8).replace(/\.?0+$/, '')

const iso = ({ timeMs }: Sample): string => new Date(timeMs).toISOString()
