// The bare loop: HTTP/2 streams read by hand, every message decoded, the same batches to Redis; nothing judged, kept or known.
import http2 from 'node:http2'
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { Redis } from 'ioredis'
import {
  StreamPositionsRequestSchema,
  StreamPositionsResponseSchema,
} from '../../gen/tms/tracking/v1/tracking_service_pb.ts'
import { createLogger, systemClock } from '../../services/kit/index.ts'
import { Publisher } from '../../services/tracking/ingest/publisher.ts'
import {
  type Position,
  PositionSchema,
  PositionSource,
  PositionUpdateSchema,
} from '../../gen/tms/tracking/v1/position_pb.ts'
import { sampleFromProto } from '../../services/tracking/wire/positions.ts'
import { serveParent } from '../lib/child.ts'
import { busOf, framed, tenantOf, unframer } from './plan.ts'

const redis = new Redis(process.env['REDIS_URL'] ?? '')
const publisher = new Publisher({ redis, redisPrefix: 'bare:', clock: systemClock, log: createLogger('silent') })
const ACK_MS = 1_000
let streams = 0

const answer = (frame: Parameters<typeof create<typeof StreamPositionsResponseSchema>>[1]) =>
  framed(toBinary(StreamPositionsResponseSchema, create(StreamPositionsResponseSchema, frame)))

const POSITION_TAG = (3 << 3) | 2

/** By the generated code, but for what is the same in each update of a bus. */
function encoderOf({ tenantId, busId, busPlate }: { tenantId: string; busId: string; busPlate: string }) {
  const constant = toBinary(PositionUpdateSchema, create(PositionUpdateSchema, { tenantId, busPlate }))
  return (reported: Position): Uint8Array => {
    reported.busId = busId
    reported.source = PositionSource.DEVICE
    const position = toBinary(PositionSchema, reported, { writeUnknownFields: false })
    const bytes = Buffer.allocUnsafe(constant.length + 6 + position.length)
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

const server = http2.createServer({ settings: { maxConcurrentStreams: 250 } })
server.on('stream', (stream) => {
  const index = streams++
  const shown = {
    tenantId: tenantOf(index),
    busId: busOf(index),
    tripId: undefined,
    busPlate: 'RAC123A',
  }
  const encode = encoderOf(shown)
  let sequence = 0
  stream.respond({ ':status': 200, 'content-type': 'application/grpc+proto' })
  stream.on('error', () => undefined)
  stream.on(
    'data',
    unframer((message) => {
      const { frame } = fromBinary(StreamPositionsRequestSchema, message)
      if (frame.case === 'open') stream.write(answer({ frame: { case: 'opened', value: {} } }))
      if (frame.case !== 'report') return
      for (const position of frame.value.positions) {
        const sample = sampleFromProto(position)
        sequence = sample.sequence
        publisher.show({ ...shown, sample, update: encode(position) })
      }
    }),
  )
  const acks = setInterval(() => {
    stream.write(answer({ frame: { case: 'ack', value: { sequence: BigInt(sequence) } } }))
  }, ACK_MS)
  stream.on('close', () => clearInterval(acks))
})
server.listen(Number(process.env['BARE_PORT']), '127.0.0.1', () => {
  serveParent(() => {
    const { user, system } = process.cpuUsage()
    return Promise.resolve({ cpuMs: (user + system) / 1_000, rss: process.memoryUsage().rss })
  })
})
