// What is read and written by hand is what the generated code reads and writes.
import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PositionSchema, PositionUpdateSchema } from '#gen/tms/tracking/v1/position_pb.ts'
import { StreamPositionsRequestSchema } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import type { Sample } from '../domain/sample.ts'
import { readReport } from './position_reader.ts'
import { updateEncoder } from './position_writer.ts'
import { positionToProto, sampleFromProto } from './positions.ts'

type PositionInit = MessageInitShape<typeof PositionSchema>

const runs = { numRuns: 300, seed: 20_261_121 }
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
const number = fc.double()

/** What phones and devices may write, numbers included that nothing can measure. */
const reported: fc.Arbitrary<PositionInit> = fc
  .record({
    sequence: fc.bigInt({ min: 0n, max: 2n ** 53n - 1n }),
    sampleTime: maybe(
      fc.record({ seconds: fc.bigInt({ min: 0n, max: 253_402_300_799n }), nanos: fc.nat({ max: 999_999_999 }) }),
    ),
    latitudeDegrees: number,
    longitudeDegrees: number,
    accuracyMeters: maybe(number),
    speedMetersPerSecond: maybe(number),
    headingDegrees: maybe(number),
    altitudeMeters: maybe(number),
    telematics: maybe(
      fc
        .record({
          ignitionOn: maybe(fc.boolean()),
          fuelPercent: maybe(number),
          engineTemperatureCelsius: maybe(number),
          doorOpen: maybe(fc.boolean()),
        })
        .map(given),
    ),
  })
  .map(given)

function given<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> }
}

const requestOf = (positions: readonly PositionInit[]) =>
  toBinary(
    StreamPositionsRequestSchema,
    create(StreamPositionsRequestSchema, { frame: { case: 'report', value: { positions: [...positions] } } }),
  )

function generated(bytes: Uint8Array): Sample[] | undefined {
  const { frame } = fromBinary(StreamPositionsRequestSchema, bytes)
  return frame.case === 'report' ? frame.value.positions.map(sampleFromProto) : undefined
}

test('a report of our own clients is read as the generated code reads it', () => {
  fc.assert(
    fc.property(fc.array(reported, { minLength: 1, maxLength: 5 }), (positions) => {
      const bytes = requestOf(positions)
      expect(readReport(bytes)).toEqual(generated(bytes))
    }),
    runs,
  )
})

test('bytes of which any are changed, lost or doubled are read as the generated code reads them, or left to it', () => {
  const broken = fc
    .tuple(fc.array(reported, { minLength: 1, maxLength: 2 }), fc.nat(), fc.nat({ max: 255 }), fc.nat({ max: 3 }))
    .map(([positions, place, byte, how]) => {
      const bytes = [...requestOf(positions)]
      const at = place % bytes.length
      if (how === 0) bytes[at] = byte
      else if (how === 1) bytes.length = at
      else if (how === 2) bytes.splice(at, 0, byte)
      else bytes.push(...bytes.slice(at))
      return Uint8Array.from(bytes)
    })
  fc.assert(
    fc.property(broken, (bytes) => {
      const read = readReport(bytes)
      if (read) expect(read).toEqual(generated(bytes))
    }),
    { ...runs, numRuns: 3_000 },
  )
})

test.each([
  ['what only the server may say', requestOf([{ sequence: 1n, busId: 'x' }])],
  ['a number past 2^53', requestOf([{ sequence: 2n ** 60n }])],
  ['a time before 1970', requestOf([{ sequence: 1n, sampleTime: { seconds: -1n, nanos: 0 } }])],
  ['a report without positions', requestOf([])],
  ['a report of too many', requestOf(Array.from({ length: 1_001 }, () => ({ sequence: 1n })))],
  ['nothing', new Uint8Array()],
])('%s is left to the generated code', (_what, bytes) => {
  expect(readReport(bytes)).toBeUndefined()
})

test('an update is written as the generated code would write it, whatever was measured', () => {
  const shown = { tenantId: 'tenant', busId: 'bus', tripId: 'trip', busPlate: 'RAC123A', source: 'DEVICE' as const }
  const encoders = [shown, { ...shown, tripId: undefined }].map((bus) => [bus, updateEncoder(bus)] as const)
  fc.assert(
    fc.property(reported, fc.nat({ max: 4e12 }), fc.nat({ max: 1 }), (init, timeMs, which) => {
      const sampleTime = timestampFromMs(timeMs)
      const [bus, encode] = encoders[which]!
      const sample = sampleFromProto(create(PositionSchema, { ...init, sampleTime }))
      const { busId, tenantId, busPlate, tripId } = bus
      const position = positionToProto({ sample, busId, tripId, source: 'DEVICE' })
      const expected = create(PositionUpdateSchema, { tenantId, tripId: tripId ?? '', busPlate, position })
      const written = fromBinary(PositionUpdateSchema, encode(sample))
      expect(written).toEqual(fromBinary(PositionUpdateSchema, toBinary(PositionUpdateSchema, expected)))
    }),
    runs,
  )
})
