import { create, toBinary } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { describe, expect, test } from 'vitest'
import { PositionBatchSchema } from '#gen/tms/tracking/v1/position_pb.ts'
import { formatOffered, formats, positionsFrame, updatesOf, wrapBatch } from './frames.ts'

const batchOf = (count: number) =>
  create(PositionBatchSchema, {
    updates: Array.from({ length: count }, (_, sequence) => ({
      tenantId: 'tenant',
      position: { busId: 'bus', sequence: BigInt(sequence), sampleTime: timestampFromMs(1_763_000_000_000) },
    })),
  })

describe('a batch of positions', () => {
  test.each([0, 1, 2, 50, 2_000])('of %i becomes a frame without being decoded', (count) => {
    const batch = batchOf(count)
    const bytes = toBinary(PositionBatchSchema, batch)
    const frame = positionsFrame('trip:1', batch.updates)
    expect(Buffer.from(wrapBatch('trip:1', bytes))).toEqual(Buffer.from(formats[0]!.write(frame) as Uint8Array))
    expect(updatesOf(bytes)).toEqual(batch.updates)
  })
})

test.each([
  ['tms.live.v1.json', 'json'],
  ['tms.live.v1.protobuf', 'protobuf'],
  ['chat, tms.live.v1.json,tms.live.v1.protobuf', 'json'],
  ['chat', undefined],
  ['', undefined],
])('of the subprotocols "%s" %s is spoken', (header, name) => {
  expect(formatOffered(header)?.name).toBe(name)
})

describe.each(formats.map((format) => [format.name, format] as const))('%s', (_, format) => {
  test.each([
    ['random bytes', Buffer.from('f3a90c1bff00e2', 'hex')],
    ['half a text', Buffer.from('{"ping":')],
    ['groups within groups', Buffer.alloc(60_000, 0x0b)],
    ['lists within lists', Buffer.alloc(60_000, '[')],
    ['bytes that are no UTF-8', Buffer.from('c328', 'hex')],
  ])('%s are no frame', (_name, bytes) => {
    expect(() => {
      const { frame } = format.read(Uint8Array.from(bytes).buffer)
      // Protobuf takes almost any bytes for fields that it does not know.
      if (frame.case === undefined) throw new Error('asks for nothing')
    }).toThrow()
  })
})
