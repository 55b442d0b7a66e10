// One phone of the load: a raw HTTP/2 stream of gRPC messages.
import type http2 from 'node:http2'
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { PositionSchema } from '../../gen/tms/tracking/v1/position_pb.ts'
import {
  StreamPositionsRequestSchema,
  StreamPositionsResponseSchema,
} from '../../gen/tms/tracking/v1/tracking_service_pb.ts'
import { CALL, framed, recordingOf, secretOf, unframer } from './plan.ts'

/** A stream, and how far it is. */
export type Phone = {
  readonly stream: http2.ClientHttp2Stream
  sent: number
  acked: number
  readonly opened: Promise<void>
}

/** What went wrong, over all phones. */
export type Faults = { rejected: number; readonly errors: string[] }

/** Opens a stream under the key of the device with that number. */
export function openPhone(session: http2.ClientHttp2Session, index: number, faults: Faults): Phone {
  const headers = { ':method': 'POST', ':path': CALL, 'content-type': 'application/grpc+proto', te: 'trailers' }
  const stream = session.request(headers, { endStream: false })
  const { promise, resolve } = Promise.withResolvers<void>()
  const phone: Phone = { stream, sent: 0, acked: 0, opened: promise }
  stream.on(
    'data',
    unframer((message) => {
      const { frame } = fromBinary(StreamPositionsResponseSchema, message)
      if (frame.case === 'opened') phone.sent = phone.acked = Number(frame.value.durableSequence)
      if (frame.case === 'opened') resolve()
      if (frame.case !== 'ack') return
      phone.acked = Number(frame.value.sequence)
      faults.rejected += frame.value.rejected.length
      for (const r of frame.value.rejected) faults.errors.push(`fault ${r.fault}`)
    }),
  )
  stream.on('error', (err: Error) => faults.errors.push(err.message))
  const open = { recordingId: recordingOf(index), sender: { case: 'deviceKey' as const, value: secretOf(index) } }
  stream.write(
    framed(
      toBinary(
        StreamPositionsRequestSchema,
        create(StreamPositionsRequestSchema, { frame: { case: 'open', value: open } }),
      ),
    ),
  )
  return phone
}

/** A report of the next positions, measured now. */
export function messageOf(phone: Phone, index: number, count: number): Buffer {
  const nowMs = Date.now()
  const positions = Array.from({ length: count }, () => {
    const sequence = ++phone.sent
    return create(PositionSchema, {
      sequence: BigInt(sequence),
      sampleTime: timestampFromMs(nowMs),
      latitudeDegrees: -1.9 - index * 1e-4 + (sequence % 50) * 1e-6,
      longitudeDegrees: 30,
      accuracyMeters: 5,
      speedMetersPerSecond: 15,
      headingDegrees: 270,
    })
  })
  return framed(
    toBinary(
      StreamPositionsRequestSchema,
      create(StreamPositionsRequestSchema, { frame: { case: 'report', value: { positions } } }),
    ),
  )
}
