import { create, type DescMessage, toBinary } from '@bufbuild/protobuf'
import { TimestampSchema } from '@bufbuild/protobuf/wkt'
import {
  PositionSchema,
  PositionSource,
  PositionUpdateSchema,
  TelematicsSchema,
} from '#gen/tms/tracking/v1/position_pb.ts'
import type { Sample, Source } from '../domain/sample.ts'

/** The bus that positions are of, as maps show it. */
export type Shown = {
  readonly tenantId: string
  readonly busId: string
  readonly tripId: string | undefined
  readonly busPlate: string
  readonly source: Source
}

const VARINT = 0
const FIXED64 = 1
const BYTES = 2

function tagOf<D extends DescMessage>(schema: D, name: Extract<keyof D['field'], string>, wireType: number): number {
  return ((schema.field[name]?.number ?? 0) << 3) | wireType
}

const POSITION = tagOf(PositionUpdateSchema, 'position', BYTES)
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

/** A position has less: six doubles, a time, telematics, two ids. */
const MOST_BYTES = 256
const bytes = new Uint8Array(MOST_BYTES)
const view = new DataView(bytes.buffer)
let at = 0

/**
 * Writes PositionUpdates of one bus: all but the measurement is the same in each, so it is encoded once, and the measurement
 * by hand: the generated writer makes three objects and a list of numbers of each.
 */
export function updateEncoder(shown: Shown): (sample: Sample) => Uint8Array {
  const { tenantId, busId, tripId = '', busPlate } = shown
  const around = toBinary(PositionUpdateSchema, create(PositionUpdateSchema, { tenantId, tripId, busPlate }))
  const bus = toBinary(PositionSchema, create(PositionSchema, { busId, tripId, source: PositionSource[shown.source] }))
  return (sample) => {
    at = 0
    bytes.set(bus)
    at = bus.length
    measurement(sample)
    const length = at
    const update = Buffer.allocUnsafe(around.length + (length > 0x7f ? 3 : 2) + length)
    update.set(around)
    let to = around.length
    update[to++] = POSITION
    if (length > 0x7f) update[to++] = (length & 0x7f) | 0x80
    update[to++] = length > 0x7f ? length >>> 7 : length
    update.set(bytes.subarray(0, length), to)
    return update
  }
}

function measurement(sample: Sample): void {
  if (sample.sequence > 0) {
    bytes[at++] = SEQUENCE
    varint(sample.sequence)
  }
  time(sample.timeMs)
  if (!Object.is(sample.latitudeDegrees, 0)) double(LATITUDE, sample.latitudeDegrees)
  if (!Object.is(sample.longitudeDegrees, 0)) double(LONGITUDE, sample.longitudeDegrees)
  double(ACCURACY, sample.accuracyMeters)
  double(SPEED, sample.speedMetersPerSecond)
  double(HEADING, sample.headingDegrees)
  double(ALTITUDE, sample.altitudeMeters)
  telematics(sample)
}

/** Of our time: no position is shown that is older than a minute. */
function time(timeMs: number): void {
  const seconds = Math.floor(timeMs / 1_000)
  const ms = timeMs - seconds * 1_000
  const head = (at += 2)
  bytes[at++] = SECONDS
  varint(seconds)
  if (ms > 0) {
    bytes[at++] = NANOS
    varint(ms * 1_000_000)
  }
  bytes[head - 2] = SAMPLE_TIME
  bytes[head - 1] = at - head
}

function telematics({ ignitionOn, fuelPercent, engineTemperatureCelsius, doorOpen }: Sample): void {
  const head = at + 2
  at = head
  flag(IGNITION, ignitionOn)
  double(FUEL, fuelPercent)
  double(ENGINE, engineTemperatureCelsius)
  flag(DOOR, doorOpen)
  if (at === head) {
    at = head - 2
    return
  }
  bytes[head - 2] = TELEMATICS
  bytes[head - 1] = at - head
}

function double(tag: number, value: number | undefined): void {
  if (value === undefined) return
  bytes[at] = tag
  view.setFloat64(at + 1, value, true)
  at += 9
}

function flag(tag: number, value: boolean | undefined): void {
  if (value === undefined) return
  bytes[at++] = tag
  bytes[at++] = value ? 1 : 0
}

/** Whole, and not negative. */
function varint(value: number): void {
  let rest = value
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) | 0x80
  bytes[at++] = rest
}
