// A reader of a trip by stream that stops reading.
import http2 from 'node:http2'
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { expect, vi } from 'vitest'
import { newUuidV7 } from '#kit'
import type { Suite } from '#kit/testing'
import { PositionBatchSchema, type PositionUpdate } from '#gen/tms/tracking/v1/position_pb.ts'
import {
  TrackingService,
  WatchTripRequestSchema,
  WatchTripResponseSchema,
} from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import tracking from './service.ts'
import { placements } from './testing/placements.ts'
import { framed } from './testing/raw_stream.ts'
import { aDrivenTrip, type Driven } from './testing/world.ts'

const BUSES = 10
const ROUNDS = 400
/** Makes positions large, so that few of them fill every buffer on the way. */
const FILLER = 'x'.repeat(4_000)
const SENT_BYTES = BUSES * ROUNDS * FILLER.length

/** A reader that takes nothing before it is told to. */
async function stalledReader(suite: Suite, { tripId, dispatcher }: Driven) {
  const session = http2.connect(suite.urlOf('tracking'))
  const stream = session.request({
    ':method': 'POST',
    ':path': '/tms.tracking.v1.TrackingService/WatchTrip',
    'content-type': 'application/connect+proto',
    authorization: `Bearer ${await suite.token(dispatcher)}`,
  })
  stream.end(framed(toBinary(WatchTripRequestSchema, create(WatchTripRequestSchema, { tripId }))))
  await new Promise((resolve) => stream.once('response', resolve))
  let bytes = Buffer.alloc(0)
  return {
    readOn: () => stream.on('data', (chunk: Buffer) => (bytes = Buffer.concat([bytes, chunk]))),
    received: () => bytes.length,
    updates: () => updatesIn(bytes),
    close: () => session.destroy(),
  }
}

function updatesIn(bytes: Buffer): PositionUpdate[] {
  const updates: PositionUpdate[] = []
  for (let at = 0; at + 5 <= bytes.length;) {
    const end = at + 5 + bytes.readUInt32BE(at + 1)
    if (end > bytes.length) break
    updates.push(...fromBinary(WatchTripResponseSchema, bytes.subarray(at + 5, end)).updates)
    at = end
  }
  return updates
}

const newestIn = (updates: readonly PositionUpdate[]) =>
  Object.fromEntries(updates.map(({ position }) => [position?.busId ?? '', Number(position?.sequence)]))

placements(
  'who follows a trip by stream and stops reading costs a bounded buffer, and is shown the newest position when he reads on',
  [tracking],
  async (suite) => {
    const trip = await aDrivenTrip(suite)
    const { tenantId, tripId } = trip
    const buses = Array.from({ length: BUSES }, () => newUuidV7(Date.now()))
    const startMs = suite.clock.now().getTime()
    const publish = async (round: number) => {
      const updates = buses.map((busId) => {
        const sampleTime = timestampFromMs(startMs + round)
        const position = { busId, tripId, sequence: BigInt(round), sampleTime, latitudeDegrees: -1.9 }
        return { tenantId, tripId, busPlate: FILLER, position }
      })
      const batch = toBinary(PositionBatchSchema, create(PositionBatchSchema, { updates }))
      await suite.redis.publish(`${suite.namespace}:track:trip:${tripId}`, Buffer.from(batch))
    }
    const leaving = new AbortController()
    const seen: PositionUpdate[] = []
    let answers = 0
    const reader = (async () => {
      const client = suite.client(TrackingService, trip.dispatcher)
      for await (const { updates } of client.watchTrip({ tripId }, { signal: leaving.signal })) {
        answers += 1
        seen.push(...updates.map((one) => ({ ...one, busPlate: '' })))
      }
    })().catch(() => undefined)
    const stalled = await stalledReader(suite, trip)
    const all = (round: number) => Object.fromEntries(buses.map((busId) => [busId, round]))
    // Both follow by then: the first answer says so.
    await vi.waitFor(() => expect(answers).toBe(1), { timeout: 20_000 })
    await publish(1)
    await vi.waitFor(() => expect(newestIn(seen)).toEqual(all(1)), { timeout: 20_000 })
    for (let round = 2; round <= ROUNDS; round++) await publish(round)
    await vi.waitFor(() => expect(newestIn(seen)).toEqual(all(ROUNDS)), { timeout: 20_000 })

    // What the server held for him, on its side and in the sockets, is what he is sent now.
    stalled.readOn()
    await vi.waitFor(() => expect(newestIn(stalled.updates())).toEqual(all(ROUNDS)), { timeout: 20_000 })
    expect(stalled.received()).toBeLessThan(SENT_BYTES / 20)
    const ofOne = stalled
      .updates()
      .flatMap(({ position }) => (position?.busId === buses[0] ? [position?.sequence ?? 0n] : []))
    expect(ofOne).toEqual([...new Set(ofOne)].toSorted((a, b) => Number(a - b)))
    await publish(ROUNDS + 1)
    await vi.waitFor(() => expect(newestIn(stalled.updates())).toEqual(all(ROUNDS + 1)), { timeout: 20_000 })
    leaving.abort()
    await reader
    stalled.close()
  },
  { placements: ['network'] },
)
