import type { DescField, DescMessage } from '@bufbuild/protobuf'
import { TimestampSchema } from '@bufbuild/protobuf/wkt'
import { PositionSchema, TelematicsSchema } from '#gen/tms/tracking/v1/position_pb.ts'
import { PositionReportSchema } from '#gen/tms/tracking/v1/report_pb.ts'
import { StreamPositionsRequestSchema } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import type { Sample } from '../domain/sample.ts'

/** As the contract bounds a report. */
const MOST_POSITIONS = 1_000

const VARINT = 0
const FIXED64 = 1
const BYTES = 2

/** The tag of a field, with the number that the contract gives it. */
function tagOf<D extends DescMessage>(schema: D, name: Extract<keyof D['field'], string>, wireType: number): number {
  const field: DescField | undefined = schema.field[name]
  if (!field) throw new RangeError(`${schema.typeName} has no ${name}`)
  return (field.number << 3) | wireType
}

const REPORT = tagOf(StreamPositionsRequestSchema, 'report', BYTES)
const POSITIONS = tagOf(PositionReportSchema, 'positions', BYTES)
const SEQUENCE = tagOf(PositionSchema, 'sequence', VARINT)
const SAMPLE_TIME = tagOf(PositionSchema, 'sampleTime', BYTES)
const LATITUDE = tagOf(PositionSchema, 'latitudeDegrees', FIXED64)
const LONGITUDE = tagOf(PositionSchema, 'longitudeDegrees', FIXED64)
const ACCURACY = tagOf(PositionSchema, 'accuracyMeters', FIXED64)
const SPEED = tagOf(PositionSchema, 'speedMetersPerSecond', FIXED64)
const HEADING = tagOf(PositionSchema, 'headingDegrees', FIXED64)
const ALTITUDE = tagOf(PositionSchema, 'altitudeMeters', FIXED64)
const TELEMATICS = tagOf(PositionSchema, 'telematics', BYTES)
const SECONDS = tagOf(TimestampSchema, 'seconds', VARINT)
const NANOS = tagOf(TimestampSchema, 'nanos', VARINT)
const IGNITION = tagOf(TelematicsSchema, 'ignitionOn', VARINT)
const FUEL = tagOf(TelematicsSchema, 'fuelPercent', FIXED64)
const ENGINE = tagOf(TelematicsSchema, 'engineTemperatureCelsius', FIXED64)
const DOOR = tagOf(TelematicsSchema, 'doorOpen', VARINT)

/**
 * Reads the one message that comes all the time, a StreamPositionsRequest with a report, without the objects and the
 * reflection of the generated code: a fifth of what a position costs otherwise.
 *
 * It knows what our own clients write, and answers undefined for everything else (fields that a sender has no business to
 * write, a field twice, a number past 2^53, broken bytes): that is read, and refused, by the generated code.
 */
export function readReport(bytes: Uint8Array): Sample[] | undefined {
  const reader = new Reader(bytes)
  const samples: Sample[] = []
  if (reader.tag() !== REPORT || !reader.enter() || reader.end !== bytes.length) return undefined
  while (reader.at < reader.end) {
    if (reader.tag() !== POSITIONS) return undefined
    const sample = readPosition(reader)
    if (!sample || samples.push(sample) > MOST_POSITIONS) return undefined
  }
  return samples.length > 0 ? samples : undefined
}

function readPosition(reader: Reader): Sample | undefined {
  const outer = reader.end
  if (!reader.enter()) return undefined
  let sequence = 0
  let timeMs = Number.NaN
  let latitudeDegrees = 0
  let longitudeDegrees = 0
  let accuracyMeters: number | undefined
  let speedMetersPerSecond: number | undefined
  let headingDegrees: number | undefined
  let altitudeMeters: number | undefined
  let telematics: Telematics = NO_TELEMATICS
  let seen = 0
  while (reader.at < reader.end) {
    const tag = reader.tag()
    const bit = 1 << (tag >>> 3)
    if ((seen & bit) !== 0) return undefined
    seen |= bit
    if (tag === SEQUENCE) sequence = reader.varint()
    else if (tag === SAMPLE_TIME) timeMs = readTime(reader)
    else if (tag === LATITUDE) latitudeDegrees = reader.double()
    else if (tag === LONGITUDE) longitudeDegrees = reader.double()
    else if (tag === ACCURACY) accuracyMeters = reader.double()
    else if (tag === SPEED) speedMetersPerSecond = reader.double()
    else if (tag === HEADING) headingDegrees = reader.double()
    else if (tag === ALTITUDE) altitudeMeters = reader.double()
    else if (tag === TELEMATICS) telematics = readTelematics(reader)
    else return undefined
    if (reader.isLost) return undefined
  }
  if (reader.at !== reader.end) return undefined
  reader.end = outer
  const { ignitionOn, fuelPercent, engineTemperatureCelsius, doorOpen } = telematics
  return {
    sequence,
    timeMs,
    latitudeDegrees,
    longitudeDegrees,
    accuracyMeters,
    speedMetersPerSecond,
    headingDegrees,
    altitudeMeters,
    ignitionOn,
    fuelPercent,
    engineTemperatureCelsius,
    doorOpen,
  }
}

function readTime(reader: Reader): number {
  const outer = reader.end
  let [seconds, nanos, last] = [0, 0, 0]
  reader.enter()
  while (reader.at < reader.end) {
    const tag = reader.tag()
    if (tag <= last) reader.isLost = true
    last = tag
    if (tag === SECONDS) seconds = reader.varint()
    else if (tag === NANOS) nanos = reader.varint()
    else reader.isLost = true
    if (reader.isLost) break
  }
  // As a number of 32 bits, what is more is another number.
  if (nanos > 0x7fff_ffff || reader.at !== reader.end) reader.isLost = true
  reader.end = outer
  return seconds * 1_000 + Math.floor(nanos / 1e6)
}

type Telematics = Pick<Sample, 'ignitionOn' | 'fuelPercent' | 'engineTemperatureCelsius' | 'doorOpen'>
const NO_TELEMATICS: Telematics = {}

function readTelematics(reader: Reader): Telematics {
  const outer = reader.end
  const read: { -readonly [K in keyof Telematics]: Telematics[K] } = {}
  let last = 0
  reader.enter()
  while (reader.at < reader.end) {
    const tag = reader.tag()
    if (tag <= last) reader.isLost = true
    last = tag
    if (tag === IGNITION) read.ignitionOn = reader.varint() !== 0
    else if (tag === FUEL) read.fuelPercent = reader.double()
    else if (tag === ENGINE) read.engineTemperatureCelsius = reader.double()
    else if (tag === DOOR) read.doorOpen = reader.varint() !== 0
    else reader.isLost = true
    if (reader.isLost) break
  }
  if (reader.at !== reader.end) reader.isLost = true
  reader.end = outer
  return read
}

/** Reads along bytes; who finds something that it does not know is lost, and what it reads then means nothing. */
class Reader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  at = 0
  /** Of the message that is read. */
  end: number
  isLost = false

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.end = bytes.length
  }

  /** A tag of one byte: those of our fields are. */
  tag(): number {
    return this.#bytes[this.at++] ?? 0
  }

  /** Goes into the message that begins here. */
  enter(): boolean {
    const length = this.varint()
    if (this.isLost || this.at + length > this.end) {
      this.isLost = true
      return false
    }
    this.end = this.at + length
    return true
  }

  /** Up to 2^53 - 1. */
  varint(): number {
    let value = 0
    for (let scale = 1; this.at < this.end && scale <= 2 ** 49; scale *= 128) {
      const byte = this.#bytes[this.at++] ?? 0
      value += (byte & 0x7f) * scale
      if (byte < 0x80 && value <= Number.MAX_SAFE_INTEGER) return value
    }
    this.isLost = true
    return 0
  }

  double(): number {
    this.at += 8
    if (this.at <= this.end) return this.#view.getFloat64(this.at - 8, true)
    this.isLost = true
    return 0
  }
}
