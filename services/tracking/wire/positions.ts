import { create } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { type Position, PositionFault, PositionSchema, PositionSource } from '#gen/tms/tracking/v1/position_pb.ts'
import type { Fault } from '../domain/filters/index.ts'
import type { HistoricPosition } from '../store/positions.ts'
import type { Sample } from '../domain/sample.ts'

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
export function positionToProto({ sample, busId, tripId, source }: Omit<HistoricPosition, 'place'>): Position {
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
