// A stream of positions as a program without a library would write it.
import http2 from 'node:http2'
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { endStreamFromJson } from '@connectrpc/connect/protocol-connect'
import { findTrailerError } from '@connectrpc/connect/protocol-grpc'
import {
  type StreamPositionsRequest,
  StreamPositionsRequestSchema,
  type StreamPositionsResponse,
  StreamPositionsResponseSchema,
} from '#gen/tms/tracking/v1/tracking_service_pb.ts'

export type Protocol = 'application/grpc' | 'application/connect+proto'

/** An open stream. */
export type RawStream = {
  readonly answers: readonly StreamPositionsResponse[]
  /** The error that it ended with; undefined when by itself. */
  readonly ended: Promise<Error | undefined>
  readonly stream: http2.ClientHttp2Stream
  /** Waits until something is true of what came. @throws when the stream ends before */
  until(condition: (frame: StreamPositionsResponse['frame']) => boolean): Promise<void>
}

/** A message with its head. */
export function framed(message: Uint8Array, flags = 0): Buffer {
  const head = Buffer.alloc(5)
  head[0] = flags
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

/** A frame, encoded, with its head. */
export function framedRequest(frame: StreamPositionsRequest['frame']): Buffer {
  return framed(toBinary(StreamPositionsRequestSchema, create(StreamPositionsRequestSchema, { frame })))
}

/** Opens streams on one connection. */
export function rawStreams(baseUrl: string, token: string) {
  const session = http2.connect(baseUrl)
  return {
    open: (protocol: Protocol, headers: http2.OutgoingHttpHeaders = {}) =>
      rawStream(
        session.request(
          {
            ':method': 'POST',
            ':path': '/tms.tracking.v1.TrackingService/StreamPositions',
            'content-type': protocol,
            authorization: `Bearer ${token}`,
            ...headers,
          },
          { endStream: false },
        ),
        protocol,
      ),
    close: () => session.destroy(),
  }
}

const END_STREAM = 2

function rawStream(stream: http2.ClientHttp2Stream, protocol: Protocol): RawStream {
  const answers: StreamPositionsResponse[] = []
  const end = Promise.withResolvers<Error | undefined>()
  let wake: () => void = () => undefined
  let isOver = false
  const over = (error: Error | undefined) => {
    isOver = true
    end.resolve(error)
    wake()
  }
  let rest = Buffer.alloc(0)
  stream.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= 5 && rest.length >= 5 + rest.readUInt32BE(1)) {
      const size = 5 + rest.readUInt32BE(1)
      const [flags, message] = [rest[0], rest.subarray(5, size)]
      rest = rest.subarray(size)
      if (flags === END_STREAM) over(endStreamFromJson(message).error)
      else answers.push(fromBinary(StreamPositionsResponseSchema, message))
      wake()
    }
  })
  stream.on('trailers', (trailers: http2.IncomingHttpHeaders) => {
    const fields = Object.entries(trailers).map(([name, value]): [string, string] => [name, String(value)])
    over(findTrailerError(new Headers(fields)))
  })
  stream.on('error', (err: Error) => over(err))
  stream.on('close', () => over(protocol === 'application/grpc' ? new Error('closed without trailers') : undefined))
  return {
    answers,
    ended: end.promise,
    stream,
    until: async (condition) => {
      while (!answers.some(({ frame }) => condition(frame))) {
        if (isOver) throw (await end.promise) ?? new Error('the stream ended before')
        await new Promise<void>((resolve) => (wake = resolve))
      }
    },
  }
}
