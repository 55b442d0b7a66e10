import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { fork } from 'node:child_process'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { newUuidV7, registry } from '#kit'
import { ClientFrameSchema, ServerFrameSchema } from '#gen/tms/tracking/v1/live_pb.ts'
import type { LiveNode } from './node.ts'
import { TestClient } from './testing/client.ts'
import type { IdleOrder } from './testing/idle_clients.ts'
import { RawSocket } from './testing/raw.ts'
import { type Stage, startStage } from './testing/stage.ts'

let stage: Stage
let node: LiveNode

beforeAll(async () => {
  stage = await startStage()
  node = await stage.openNode({ liveMaxUnsigned: 3_000 })
})

afterAll(async () => {
  await stage.stop()
})

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

function rssMegabytes(): number {
  collect()
  return process.memoryUsage().rss / 1_048_576
}

const BUSES = 20
const STALLED = 10
const ROUNDS = 600
const LAST = 2 * ROUNDS
/** Makes positions large, so that few of them fill every buffer. */
const FILLER = 'x'.repeat(2_000)

test('2,000 idle sockets cost less than 40 MB', async () => {
  const { token } = await stage.passenger()
  const child = fork(new URL('./testing/idle_clients.ts', import.meta.url), { execArgv: [] })
  try {
    const before = rssMegabytes()
    const order: IdleOrder = { port: node.port, count: 2_000, token, topic: `trip:${stage.tripId}` }
    const opened = new Promise((resolve) => child.once('message', resolve))
    child.send(order)
    await opened
    expect(rssMegabytes() - before).toBeLessThan(40)
  } finally {
    child.kill()
  }
})

test('who stops reading costs a bounded buffer, and is shown the newest position of every bus when he goes on', async () => {
  const fleet = `company:${stage.tenantId}:fleet`
  const token = await stage.dispatcher()
  const reader = await TestClient.signedIn(node.port, token)
  await reader.follow(fleet)
  const buses = Array.from({ length: BUSES }, () => newUuidV7(Date.now()))
  const drive = async (from: number, to: number) => {
    for (let round = from; round <= to; round++) {
      await stage.publish(fleet, ...buses.map((bus) => ({ ...stage.position(round, bus), busPlate: FILLER })))
      reader.frames.length = 0
    }
    await vi.waitFor(() => expect(reader.sequencesOf(buses[0]!)).toContain(to), { timeout: 20_000 })
  }
  // The same without them first: what the work itself leaves on the heap is not theirs.
  await drive(1, ROUNDS)
  const before = rssMegabytes()
  const stalled = await Promise.all(Array.from({ length: STALLED }, () => stalledFollower(token, fleet)))
  await drive(ROUNDS + 1, LAST)

  const buffered = Number(/^tms_live_buffered_bytes (\d+)$/m.exec(await registry.metrics())?.[1])
  // Each holds its buffer and the frame that overflowed it.
  expect(buffered).toBeGreaterThan(0)
  expect(buffered).toBeLessThan(STALLED * (131_072 + 2 * BUSES * FILLER.length))
  // All of it, for each of them, would be 240 MB.
  expect(rssMegabytes() - before).toBeLessThan(120)
  for (const raw of stalled) {
    raw.socket.resume()
    await vi.waitFor(() => expect(newestOf(raw)).toEqual(new Map(buses.map((bus) => [bus, LAST]))), {
      timeout: 20_000,
      interval: 50,
    })
    const seen = updatesOf(raw)
    expect(seen.length).toBeLessThan((ROUNDS * BUSES) / 2)
    for (const bus of buses) {
      const sequences = seen.flatMap((one) => (one.busId === bus ? [Number(one.sequence)] : []))
      expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b))
    }
  }

  // Having caught up, they are sent everything again.
  await stage.publish(fleet, stage.position(LAST + 1, buses[0]))
  for (const raw of stalled) {
    await vi.waitFor(() => expect(newestOf(raw).get(buses[0]!)).toBe(LAST + 1), { timeout: 20_000 })
    raw.socket.destroy()
  }
  reader.close()
})

async function stalledFollower(token: string, topic: string): Promise<RawSocket> {
  const raw = await RawSocket.open(node.port)
  raw.frame(toBinary(ClientFrameSchema, create(ClientFrameSchema, { frame: { case: 'signIn', value: { token } } })))
  raw.frame(toBinary(ClientFrameSchema, create(ClientFrameSchema, { frame: { case: 'subscribe', value: { topic } } })))
  await raw.framesCame(2)
  raw.socket.pause()
  return raw
}

function updatesOf(raw: RawSocket) {
  return raw.payloads().flatMap((payload) => {
    const { frame } = fromBinary(ServerFrameSchema, payload)
    return frame.case === 'positions' ? frame.value.updates.flatMap(({ position }) => (position ? [position] : [])) : []
  })
}

function newestOf(raw: RawSocket): Map<string, number> {
  return new Map(updatesOf(raw).map(({ busId, sequence }) => [busId, Number(sequence)]))
}
