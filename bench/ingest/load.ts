// The phones: raw HTTP/2 streams of gRPC messages, each as far ahead of its acknowledgements as the window allows.
import http2 from 'node:http2'
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { PositionSchema } from '../../gen/tms/tracking/v1/position_pb.ts'
import {
  StreamPositionsRequestSchema,
  StreamPositionsResponseSchema,
} from '../../gen/tms/tracking/v1/tracking_service_pb.ts'
import { serveParent } from '../lib/child.ts'
import { CALL, framed, type Plan, recordingOf, secretOf, STREAMS_PER_CONNECTION, unframer, WINDOW } from './plan.ts'

type Phone = { readonly stream: http2.ClientHttp2Stream; sent: number; acked: number; readonly opened: Promise<void> }

const TICK_MS = 20
let rejected = 0
const errors: string[] = []

function openPhone(session: http2.ClientHttp2Session, index: number): Phone {
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
      rejected += frame.value.rejected.length
      for (const r of frame.value.rejected) errors.push(`fault ${r.fault}`)
    }),
  )
  stream.on('error', (err: Error) => errors.push(err.message))
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

function messageOf(phone: Phone, index: number, count: number): Buffer {
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

function sendAll(phones: readonly Phone[], perMessage: number): void {
  for (const [index, phone] of phones.entries()) {
    // A few a tick: a phone does not send all that it may in one go.
    for (let i = 0; i < 2 && phone.sent - phone.acked + perMessage <= WINDOW && !phone.stream.writableNeedDrain; i++) {
      phone.stream.write(messageOf(phone, index, perMessage))
    }
  }
}

const sum = (phones: readonly Phone[]): number => phones.reduce((total, { acked }) => total + acked, 0)
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function run({ port, streams, seconds, perMessage }: Plan) {
  const sessions = Array.from({ length: Math.ceil(streams / STREAMS_PER_CONNECTION) }, () =>
    http2.connect(`http://127.0.0.1:${port}`),
  )
  for (const session of sessions) session.on('error', (err: Error) => errors.push(err.message))
  const phones: Phone[] = []
  for (let index = 0; index < streams; index++) {
    phones.push(openPhone(sessions[Math.floor(index / STREAMS_PER_CONNECTION)]!, index))
    if (index % 50 === 49) await Promise.all(phones.slice(-50).map(({ opened }) => opened))
  }
  await Promise.all(phones.map(({ opened }) => opened))
  const timer = setInterval(() => sendAll(phones, perMessage), TICK_MS)
  await sleep(3_000) // what is compiled and connected by then is not what a running suite costs
  const [begun, before, cpuBefore] = [performance.now(), sum(phones), process.cpuUsage()]
  await sleep(seconds * 1_000)
  const [ms, acked] = [performance.now() - begun, sum(phones) - before]
  const { user, system } = process.cpuUsage(cpuBefore)
  clearInterval(timer)
  for (const session of sessions) session.destroy()
  return {
    perSecond: (acked / ms) * 1_000,
    rejected,
    errors: [...new Set(errors)],
    cpuShare: (user + system) / 1_000 / ms,
  }
}

serveParent(run)
