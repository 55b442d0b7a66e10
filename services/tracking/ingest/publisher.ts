import type { Redis } from 'ioredis'
import type { Clock, Logger } from '#kit'
import { redisLosses } from '../metrics.ts'
import { type Location, LOCATION_LIFE_SECONDS, writeLocations } from '../store/locations.ts'

/** What the publisher needs. */
export type PublisherParts = {
  readonly redis: Redis
  readonly redisPrefix: string
  readonly clock: Clock
  readonly log: Logger
}

/** Positions gather for so long before they go out to subscribers. */
const PUBLISH_MS = 10
/** And for so long before Redis is told where each bus is now: the newest of each is enough there. */
const STORE_MS = 500

/**
 * Shows accepted positions: to those who listen, and in Redis to those who ask. Best effort: the history is the truth, and
 * the next position of a bus repairs what was lost.
 */
export class Publisher {
  readonly #parts: PublisherParts
  /** When the newest shown position of each bus was measured. */
  readonly #newest = new Map<string, number>()
  #toPublish: Location[] = []
  #toStore = new Map<string, Location>()
  #publishTimer: NodeJS.Timeout | undefined
  #storeTimer: NodeJS.Timeout | undefined
  #storing: Promise<void> | undefined
  readonly #sweep: NodeJS.Timeout

  constructor(parts: PublisherParts) {
    this.#parts = parts
    this.#sweep = setInterval(() => this.#forgetOld(), LOCATION_LIFE_SECONDS * 1_000)
    this.#sweep.unref()
  }

  /** Whether a position is of the present: not from a phone that was offline, nor behind one that is shown. */
  shows(busId: string, sampleTimeMs: number, nowMs: number): boolean {
    return sampleTimeMs >= nowMs - LOCATION_LIFE_SECONDS * 1_000 && sampleTimeMs >= (this.#newest.get(busId) ?? 0)
  }

  /** Shows a position for which {@link shows} is true. */
  show(location: Location): void {
    this.#newest.set(location.busId, location.sample.timeMs)
    this.#toPublish.push(location)
    this.#toStore.set(location.busId, location)
    this.#publishTimer ??= setTimeout(() => this.#publish(), PUBLISH_MS)
    this.#storeTimer ??= setTimeout(() => this.#store(), STORE_MS)
  }

  /** Sends what waits. */
  async flush(): Promise<void> {
    this.#publish()
    await this.#storing
    this.#store()
    await this.#storing
  }

  close(): void {
    clearInterval(this.#sweep)
    clearTimeout(this.#publishTimer)
    clearTimeout(this.#storeTimer)
  }

  #publish(): void {
    clearTimeout(this.#publishTimer)
    this.#publishTimer = undefined
    const locations = this.#toPublish
    if (locations.length === 0) return
    this.#toPublish = []
    const { redis, redisPrefix } = this.#parts
    const pipeline = redis.pipeline()
    for (const [channel, updates] of byChannel(locations)) {
      pipeline.publish(`${redisPrefix}track:${channel}`, batchOf(updates))
    }
    void this.#losing('publish', pipeline.exec())
  }

  #store(): void {
    clearTimeout(this.#storeTimer)
    this.#storeTimer = undefined
    if (this.#toStore.size === 0) return
    // One at a time: a slow Redis gets the newest of each bus when it has taken the ones before.
    if (this.#storing) {
      this.#storeTimer = setTimeout(() => this.#store(), STORE_MS)
      return
    }
    const locations = [...this.#toStore.values()]
    this.#toStore = new Map()
    const { redis, redisPrefix } = this.#parts
    this.#storing = this.#losing('location', writeLocations(redis, redisPrefix, locations)).finally(() => {
      this.#storing = undefined
    })
  }

  async #losing(kind: string, work: Promise<unknown>): Promise<void> {
    try {
      await work
    } catch (err) {
      redisLosses.labels(kind).inc()
      this.#parts.log.debug({ err, kind }, 'Redis did not take positions')
    }
  }

  #forgetOld(): void {
    const before = this.#parts.clock.now().getTime() - LOCATION_LIFE_SECONDS * 1_000
    for (const [busId, timeMs] of this.#newest) if (timeMs < before) this.#newest.delete(busId)
  }
}

/** What goes out on which channel, in order. */
function byChannel(locations: readonly Location[]): Map<string, Uint8Array[]> {
  const channels = new Map<string, Uint8Array[]>()
  const add = (channel: string, update: Uint8Array) => {
    const updates = channels.get(channel)
    if (updates) updates.push(update)
    else channels.set(channel, [update])
  }
  for (const { tenantId, busId, tripId, update } of locations) {
    add(`company:${tenantId}`, update)
    add(`bus:${busId}`, update)
    if (tripId !== undefined) add(`trip:${tripId}`, update)
  }
  return channels
}

const UPDATES_TAG = (1 << 3) | 2

/** A PositionBatch of updates that are encoded already. */
export function batchOf(updates: readonly Uint8Array[]): Buffer {
  const size = updates.reduce((sum, { length }) => sum + 1 + VARINT_BYTES + length, 0)
  const bytes = Buffer.allocUnsafe(size)
  let at = 0
  for (const update of updates) {
    bytes[at++] = UPDATES_TAG
    let rest = update.length
    for (; rest > 0x7f; rest >>>= 7) bytes[at++] = (rest & 0x7f) | 0x80
    bytes[at++] = rest
    bytes.set(update, at)
    at += update.length
  }
  return bytes.subarray(0, at)
}

/** Lengths up to 2^35 - 1. */
const VARINT_BYTES = 5
