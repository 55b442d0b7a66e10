// Streams of positions, byte by byte: by gRPC and by Connect, from clients that are no library of ours.
import { createClient } from '@connectrpc/connect'
import { compressionGzip, createConnectTransport, createGrpcTransport } from '@connectrpc/connect-node'
import { expect } from 'vitest'
import { create, toBinary } from '@bufbuild/protobuf'
import { reasonOf, registry } from '#kit'
import type { Suite } from '#kit/testing'
import {
  type StreamPositionsRequest,
  StreamPositionsRequestSchema,
  TrackingService,
} from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import tracking from './service.ts'
import { openPhone } from './testing/phone.ts'
import { placements } from './testing/placements.ts'
import { framed, framedRequest, type Protocol, type RawStream, rawStreams } from './testing/raw_stream.ts'
import { aDrivenTrip, type Driven, newId, onTheRoad, range } from './testing/world.ts'

const PROTOCOLS: readonly Protocol[] = ['application/grpc', 'application/connect+proto']
const network = { placements: ['network'] as const }

const openingOf = ({ tripId }: Driven, recordingId = newId()) => ({
  recordingId,
  sender: { case: 'tripId' as const, value: tripId },
})
const openFrame = (opening: ReturnType<typeof openingOf>) =>
  framedRequest({ case: 'open', value: opening } as StreamPositionsRequest['frame'])
const reportFrame = (suite: Suite, n: number, startMs: number) => framedReport([onTheRoad(suite, n, startMs)])
const framedReport = (positions: readonly object[]) =>
  framed(
    toBinary(
      StreamPositionsRequestSchema,
      create(StreamPositionsRequestSchema, { frame: { case: 'report', value: { positions: [...positions] } } }),
    ),
  )
const isOpened = ({ case: said }: { case: string | undefined }) => said === 'opened'

async function kept(suite: Suite, recordingId: string): Promise<number[]> {
  const rows = await suite.sql('tracking')<{ sequence: string }[]>`
    select sequence from position where recording_id = ${recordingId} order by sequence`
  return rows.map(({ sequence }) => Number(sequence))
}

/** Reasons by which a stream ended, or the error's own words. */
const reasonFor = async ({ ended }: RawStream) => {
  const err = await ended
  return reasonOf(err) ?? String(err)
}

placements(
  'messages are read whole, however their bytes are cut, and answered in the protocol that is spoken',
  [tracking],
  async (suite) => {
    const trip = await aDrivenTrip(suite)
    const startMs = suite.clock.now().getTime() - 100_000
    const streams = rawStreams(suite.urlOf('tracking'), await suite.token(trip.driver))
    for (const protocol of PROTOCOLS) {
      const opening = openingOf(trip)
      const phone = streams.open(protocol)
      const bytes = Buffer.concat([openFrame(opening), ...range(1, 40).map((n) => reportFrame(suite, n, startMs))])
      for (let at = 0, step = 1; at < bytes.length; at += step, step = (step * 7 + 3) % 61 || 1) {
        phone.stream.write(bytes.subarray(at, at + step))
        await new Promise((resolve) => setImmediate(resolve))
      }
      phone.stream.end()
      expect(await phone.ended).toBeUndefined()
      expect(phone.answers[0]?.frame).toMatchObject({ case: 'opened', value: { busId: trip.busId } })
      expect(phone.answers.at(-1)?.frame).toMatchObject({ case: 'ack', value: { sequence: 40n, rejected: [] } })
      expect(await kept(suite, opening.recordingId)).toEqual(range(1, 40))
    }
    streams.close()
  },
  network,
)

/** What a hostile client sends on a stream that is open, and how it is told off. */
const HOSTILE: readonly (readonly [string, Buffer, string])[] = [
  ['a length of a gigabyte', Buffer.from([0, 0x40, 0, 0, 0, 1, 2, 3]), 'REQUEST_TOO_LARGE'],
  ['a message said to be compressed', framed(Buffer.from([1, 2, 3]), 1), 'REQUEST_INVALID'],
  ['an end of the stream that is the server’s to say', framed(Buffer.from('{}'), 2), 'REQUEST_INVALID'],
  ['bytes that are no message', framed(Buffer.from([0x12, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x41])), 'REQUEST_INVALID'],
  ['a report without positions', framedReport([]), 'REQUEST_INVALID'],
  ['a report of too many', framedReport(range(1, 1_001).map((n) => ({ sequence: BigInt(n) }))), 'REQUEST_INVALID'],
  ['a frame that says nothing', framed(Buffer.alloc(0)), 'REQUEST_INVALID'],
]

placements(
  'hostile bytes end their own stream with a reason, and harm nobody else',
  [tracking],
  async (suite) => {
    const trip = await aDrivenTrip(suite)
    const neighbour = await openPhone(suite.client(TrackingService, trip.driver), openingOf(trip))
    const streams = rawStreams(suite.urlOf('tracking'), await suite.token(trip.driver))
    for (const protocol of PROTOCOLS) {
      for (const [what, bytes, reason] of HOSTILE) {
        const phone = streams.open(protocol)
        phone.stream.write(openFrame(openingOf(trip)))
        await phone.until(isOpened)
        phone.stream.write(bytes)
        expect([what, await reasonFor(phone)]).toEqual([what, reason])
      }
      const half = streams.open(protocol)
      half.stream.end(openFrame(openingOf(trip)).subarray(0, 20))
      expect(await reasonFor(half)).toBe('REQUEST_INVALID')
      const stranger = streams.open(protocol, { authorization: 'Bearer made.up' })
      expect(await reasonFor(stranger)).toBe('TOKEN_INVALID')
    }
    neighbour.send([onTheRoad(suite, 1, suite.clock.now().getTime() - 10_000)])
    await neighbour.finish()
    expect(neighbour.acked()).toBe(1)
    streams.close()
    const open = registry.getSingleMetric('tms_tracking_reportings')
    await expect.poll(async () => (await open?.get())?.values[0]?.value).toBe(0)
  },
  network,
)

placements(
  'a stream that is compressed, in JSON, or ends by a deadline is served all the same',
  [tracking],
  async (suite) => {
    const trip = await aDrivenTrip(suite)
    const startMs = suite.clock.now().getTime() - 100_000
    const authorization = `Bearer ${await suite.token(trip.driver)}`
    const baseUrl = suite.urlOf('tracking')
    const gzip = {
      baseUrl,
      sendCompression: compressionGzip,
      compressMinBytes: 1,
      acceptCompression: [compressionGzip],
    }
    const transports = [
      createGrpcTransport(gzip),
      createConnectTransport({ ...gzip, httpVersion: '2' }),
      createConnectTransport({ baseUrl, httpVersion: '2', useBinaryFormat: false }),
      createGrpcTransport({ baseUrl, defaultTimeoutMs: 60_000 }),
    ]
    for (const transport of transports) {
      const opening = openingOf(trip)
      const client = createClient(TrackingService, {
        ...transport,
        stream: (method, signal, timeoutMs, _header, input, values) =>
          transport.stream(method, signal, timeoutMs, { authorization }, input, values),
      })
      const phone = await openPhone(client, opening)
      phone.send(range(1, 30).map((n) => onTheRoad(suite, n, startMs)))
      await phone.finish()
      expect(await kept(suite, opening.recordingId)).toEqual(range(1, 30))
    }
  },
  network,
)
