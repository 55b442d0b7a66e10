import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { create, toBinary } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { Redis } from 'ioredis'
import { PositionBatchSchema } from '#gen/tms/tracking/v1/position_pb.ts'
import { startInfra } from '../../deploy/local/index.ts'
import { wrapBatch } from '../../services/tracking/live/frames.ts'
import { type Child, startChild } from '../lib/child.ts'
import { round } from '../lib/stats.ts'
import type { Published, Received } from './messages.ts'

const TRIP = '019354a1-0000-7000-8000-000000000001'
const BUS = '019354a1-0000-7000-8000-000000000002'
const TENANT = '019354a1-0000-7000-8000-000000000003'
const TOPIC = `trip:${TRIP}`

/** Messages that may be on their way to a socket: less than its buffer holds, so that none may be lost. */
const IN_FLIGHT = 200

/**
 * Positions that 1,000 sockets receive in a second, each position published once on Redis; beside it a bare publisher that
 * sends the same bytes by the same library. Counted where they arrive. All of it shares this machine's cores.
 */
export async function run(args: readonly string[]): Promise<object> {
  const { values } = parseArgs({
    args: [...args],
    options: { seconds: { type: 'string', default: '10' }, sockets: { type: 'string', default: '1000' } },
  })
  const [seconds, sockets] = [Number(values.seconds), Number(values.sockets)]
  const dir = resolve('.tms/bench-fanout')
  mkdirSync(dir, { recursive: true })
  const infra = await startInfra({ dir, fresh: true, env: { PATH: process.env['PATH'] } })
  try {
    const env = { REDIS_URL: infra.redisUrl }
    const plan = { seconds, sockets }
    // In turn, twice: a machine is not the same all the time.
    const runs = []
    for (let turn = 0; turn < 2; turn++) runs.push({ bare: await bare(plan), ours: await ours(plan, env) })
    return summary(plan, runs)
  } finally {
    await infra.stop()
  }
}

type Plan = { readonly seconds: number; readonly sockets: number }

/** What one way of publishing came to. */
type Measured = {
  readonly perSecond: number
  readonly lost: number
  readonly cpuUsPerDelivery: number
  readonly rss: number
}

async function ours(plan: Plan, env: Record<string, string>): Promise<Measured> {
  const node = await startChild(new URL('./node.ts', import.meta.url), env)
  const redis = new Redis(env['REDIS_URL'] ?? '')
  let sequence = 0
  try {
    const { token } = await node.ask<{ token: string }>({})
    return await measure(plan, node, token, async (count) => {
      const pipeline = redis.pipeline()
      for (let sent = 0; sent < count; sent++) pipeline.publish(`track:${TOPIC}`, Buffer.from(batch(++sequence)))
      await pipeline.exec()
    })
  } finally {
    redis.disconnect()
    await node.stop()
  }
}

async function bare(plan: Plan): Promise<Measured> {
  const node = await startChild(new URL('./bare.ts', import.meta.url), {})
  const frame = Buffer.from(wrapBatch(TOPIC, batch(1))).toString('base64')
  try {
    return await measure(plan, node, '', (publish) => node.ask({ publish, frame }))
  } finally {
    await node.stop()
  }
}

/** Keeps messages on their way, as many as no socket loses, until the time is over and all have arrived. */
async function measure(
  { seconds, sockets }: Plan,
  node: Child,
  token: string,
  publish: (count: number) => Promise<unknown>,
): Promise<Measured> {
  const clients = await startChild(new URL('./clients.ts', import.meta.url), {})
  try {
    const { port } = await node.ask<Published>({})
    await clients.ask<Received>({ open: { port, count: sockets, token, topic: TOPIC } })
    const before = await node.ask<Published>({})
    const started = performance.now()
    let [published, arrived, bytes, lastArrival] = [0, 0, 0, started]
    for (;;) {
      const isOver = performance.now() - started >= seconds * 1_000
      // What is published and not on the slowest socket yet is what one may have waiting.
      const more = isOver ? 0 : Math.floor(IN_FLIGHT - (published - arrived))
      if (more > 0) await publish(more)
      published += Math.max(0, more)
      const received = await clients.ask<Received>({})
      if (received.bytes > bytes) lastArrival = performance.now()
      bytes = received.bytes
      arrived = received.slowest / wireBytes()
      // What has not come by then never will.
      if (isOver && (arrived >= published || performance.now() - lastArrival > 2_000)) break
    }
    const ms = lastArrival - started
    const after = await node.ask<Published>({})
    const deliveries = Math.round(bytes / wireBytes())
    return {
      perSecond: (deliveries / ms) * 1_000,
      lost: published * sockets - deliveries,
      cpuUsPerDelivery: ((after.cpuMs - before.cpuMs) * 1_000) / deliveries,
      rss: after.rss,
    }
  } finally {
    await clients.stop()
  }
}

/** A position as ingest publishes it; every one has the same length. */
function batch(sequence: number): Uint8Array {
  const position = {
    busId: BUS,
    tripId: TRIP,
    sequence: BigInt(1_000_000 + sequence),
    // The nanoseconds keep their length, and the positions their order.
    sampleTime: timestampFromMs(1_763_000_000_000 + 500 + sequence * 1_000),
    latitudeDegrees: -1.944,
    longitudeDegrees: 30.062,
    speedMetersPerSecond: 17.5,
    headingDegrees: 211,
  }
  const update = { tenantId: TENANT, tripId: TRIP, busPlate: 'RAC123A', position }
  return toBinary(PositionBatchSchema, create(PositionBatchSchema, { updates: [update] }))
}

/** The frame's bytes on the wire: more than 125 need two for their length. */
function wireBytes(): number {
  const payload = wrapBatch(TOPIC, batch(1)).length
  return payload + (payload > 125 ? 4 : 2)
}

function summary({ seconds, sockets }: Plan, runs: readonly { ours: Measured; bare: Measured }[]): object {
  const best = (which: 'ours' | 'bare') => Math.max(...runs.map((one) => one[which].perSecond))
  const last = runs.at(-1)
  return {
    bench: 'fanout',
    deliveries_per_s: round(best('ours'), 0),
    bare_deliveries_per_s: round(best('bare'), 0),
    ratio: round(best('ours') / best('bare'), 3),
    lost: runs.reduce((sum, one) => sum + one.ours.lost, 0),
    sockets,
    seconds,
    frame_bytes: wireBytes(),
    in_flight_bound: IN_FLIGHT,
    cpu_us_per_delivery: round(last?.ours.cpuUsPerDelivery ?? 0, 2),
    bare_cpu_us_per_delivery: round(last?.bare.cpuUsPerDelivery ?? 0, 2),
    rss_mb: round((last?.ours.rss ?? 0) / 1_048_576, 0),
  }
}
