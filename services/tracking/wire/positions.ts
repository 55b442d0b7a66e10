import { create, toBinary } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import {
  type Position,
  PositionFault,
  PositionSchema,
  PositionSource,
  PositionUpdateSchema,
} from '#gen/tms/tracking/v1/position_pb.ts'
import type { Fault } from '../domain/filters/index.ts'
import type { HistoricPosition } from '../store/positions.ts'
import type { Sample, Source } from '../domain/sample.ts'

/** A measurement as it was reported; what is missing becomes NaN, which the filters tell as invalid. */
export function sampleFromProto(position: Position): Sample {
  const { sampleTime, telematics } = position
  return {
    sequence: Number(position.sequence),
    timeMs: sampleTime ? Number(sampleTime.seconds) * 1_000 + Math.floor(sampleTime.nanos / 1e6) : Number.NaN,
    latitudeDegrees: position.latitudeDegrees,
    longitudeDegrees: position.longitudeDegrees,
    accuracyMeters: position.accuracyMeters,
    speedMetersPerSecond: position.speedMetersPerSecond,
    headingDegrees: position.headingDegrees,
    altitudeMeters: position.altitudeMeters,
    ignitionOn: telematics?.ignitionOn,
    fuelPercent: telematics?.fuelPercent,
    engineTemperatureCelsius: telematics?.engineTemperatureCelsius,
    doorOpen: telematics?.doorOpen,
  }
}

/** A measurement of a bus as messages tell it. */
export function positionToProto({ sample, busId, tripId, source }: HistoricPosition): Position {
  const { ignitionOn, fuelPercent, engineTemperatureCelsius, doorOpen } = sample
  const telematics = { ignitionOn, fuelPercent, engineTemperatureCelsius, doorOpen }
  const hasTelematics = Object.values(telematics).some((value) => value !== undefined)
  return create(PositionSchema, {
    busId,
    tripId: tripId ?? '',
    source: PositionSource[source],
    sequence: BigInt(sample.sequence),
    sampleTime: timestampFromMs(sample.timeMs),
    latitudeDegrees: sample.latitudeDegrees,
    longitudeDegrees: sample.longitudeDegrees,
    ...given({
      accuracyMeters: sample.accuracyMeters,
      speedMetersPerSecond: sample.speedMetersPerSecond,
      headingDegrees: sample.headingDegrees,
      altitudeMeters: sample.altitudeMeters,
    }),
    ...(hasTelematics ? { telematics: given(telematics) } : {}),
  })
}

/** Without what is undefined. */
function given<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> }
}

/** A fault as messages name it. */
export function faultToProto(fault: Fault): PositionFault {
  return PositionFault[fault]
}

/** The bus that positions are of, as maps show it. */
export type Shown = {
  readonly tenantId: string
  readonly busId: string
  readonly tripId: string | undefined
  readonly busPlate: string
  readonly source: Source
}

const POSITION_TAG = (3 << 3) | 2

/**
 * Writes PositionUpdates of one bus: all but the position itself is the same in each, so it is encoded once.
 *
 * @returns a function that gives the bytes for a position as it was reported, which it marks with bus, trip and source
 */
export function updateEncoder(shown: Shown): (reported: Position) => Uint8Array {
  const { tenantId, busId, tripId = '', busPlate } = shown
  const source = PositionSource[shown.source]
  const constant = toBinary(PositionUpdateSchema, create(PositionUpdateSchema, { tenantId, tripId, busPlate }))
  return (reported) => {
    reported.busId = busId
    reported.tripId = tripId
    reported.source = source
    const position = toBinary(PositionSchema, reported, { writeUnknownFields: false })
    const bytes = Buffer.allocUnsafe(constant.length + 1 + VARINT_BYTES + position.length)
    bytes.set(constant)
    let at = constant.length
    bytes[at++] = POSITION_TAG
    let rest = position.length
    for (; rest > 0x7f; rest >>>= 7) bytes[at++] = (rest & 0x7f) | 0x80
    bytes[at++] = rest
    bytes.set(position, at)
    return bytes.subarray(0, at + position.length)
  }
}

/** Lengths up to 2^35 - 1. */
const VARINT_BYTES = 5
