import type { Ctx } from '../context.ts'
import type { Seen, WatchLimits } from '../domain/watch/types.ts'
import { firstSight, type Sighted, step, type Watch } from '../domain/watch/watch.ts'
import { readPositions } from '../store/positions.ts'
import { saveWatches, watchesOf, type WatchRow } from '../store/watches.ts'
import { announce, announceBack } from './announce.ts'
import { Books } from './books.ts'

/** Whose position it is. */
export type Watched = { readonly tenantId: string; readonly busId: string; readonly tripId: string | undefined }

type Waiting = Watched & { readonly seen: Seen }

/** A bus as this process knows it. Never written, it is due at once, however young the process is. */
type Held = WatchRow & { savedAtMs: number }

/** Positions gather for so long. */
const TICK_MS = 250
/** Closer in time than this, two positions of a bus say the same. */
const SPACING_MS = 1_000
/** How far a bus was watched is written so often at least: so much is looked at again after a crash. */
const SAVE_MS = 15_000
/** More than this is not held here while PostgreSQL is away: it is read from the history then. */
const MOST_WAITING = 50_000
/** Another try after a failure waits so long. */
const RETRY_MS = 2_000
/** So much of the history is looked at when a bus is taken over. */
const MOST_HISTORY = 5_000

/**
 * Watches buses: holds every accepted position against fences, stops and limits, and publishes what follows.
 *
 * What is going on with a bus is written in the transaction with its events, under a revision: when a process dies or another
 * one gets the bus, the history behind the last writing is looked at again, and nothing is told twice.
 */
export class Supervisor {
  readonly #ctx: Ctx
  readonly #books: Books
  readonly #limits: WatchLimits
  #waiting = new Map<string, Waiting[]>()
  #count = 0
  readonly #held = new Map<string, Held>()
  #timer: NodeJS.Timeout | undefined
  #restUntilMs = 0
  #ticking: Promise<void> | undefined

  constructor(ctx: Ctx) {
    this.#ctx = ctx
    this.#books = new Books(ctx)
    const { speedLimitKmh, longStopMinutes } = ctx.settings
    this.#limits = { speedMetersPerSecond: speedLimitKmh / 3.6, longStopMs: longStopMinutes * 60_000 }
  }

  start(): void {
    this.#timer = setInterval(() => void this.tick(), TICK_MS)
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#ticking
    await this.tick()
  }

  /** Takes a position that was accepted. */
  take({ tenantId, busId, tripId }: Watched, seen: Seen): void {
    const queue = this.#waiting.get(busId)
    const last = queue?.at(-1)
    if (last && Math.abs(seen.timeMs - last.seen.timeMs) < SPACING_MS) return
    if (this.#count >= MOST_WAITING) {
      this.#held.delete(busId)
      return
    }
    const { timeMs, latitudeDegrees, longitudeDegrees, speedMetersPerSecond } = seen
    const one = { tenantId, busId, tripId, seen: { timeMs, latitudeDegrees, longitudeDegrees, speedMetersPerSecond } }
    this.#count += 1
    if (queue) queue.push(one)
    else this.#waiting.set(busId, [one])
  }

  /** The company's fences changed. */
  forgetFences(tenantId: string): void {
    this.#books.forgetFences(tenantId)
  }

  /** Looks at what waits. */
  async tick(): Promise<void> {
    if (this.#ticking || this.#count === 0 || performance.now() < this.#restUntilMs) return this.#ticking
    const waiting = this.#waiting
    this.#waiting = new Map()
    this.#count = 0
    this.#ticking = this.#look(waiting)
      .catch((err: unknown) => {
        for (const [busId, queue] of waiting) this.#again(busId, queue)
        this.#restUntilMs = performance.now() + RETRY_MS
        this.#ctx.log.warn({ err }, 'buses could not be watched')
      })
      .finally(() => (this.#ticking = undefined))
    return this.#ticking
  }

  async #look(waiting: ReadonlyMap<string, readonly Waiting[]>): Promise<void> {
    const queues = await this.#withHistory(waiting)
    const all = [...queues.values()].flat()
    await this.#books.prepare(
      new Set(all.map(({ tenantId }) => tenantId)),
      new Set(all.flatMap(({ tripId }) => tripId ?? [])),
    )
    const found = [...queues].map(([busId, queue]) => this.#walk(busId, queue))
    const nowMs = performance.now()
    const due = found.filter(({ held, sighted }) => sighted.length > 0 || nowMs - held.savedAtMs >= SAVE_MS)
    for (const [tenantId, buses] of Map.groupBy(due, ({ held }) => held.tenantId)) {
      // Another process has the bus, or had it: it is looked at again behind what that one wrote.
      for (const busId of await this.#save(tenantId, buses)) this.#again(busId, queues.get(busId) ?? [])
    }
    this.#forgetSilent(nowMs)
  }

  /** Puts what this process has not seen of its buses before what waits. */
  async #withHistory(waiting: ReadonlyMap<string, readonly Waiting[]>): Promise<Map<string, Waiting[]>> {
    const queues = new Map([...waiting].map(([busId, queue]) => [busId, [...queue]]))
    const fresh = [...waiting.keys()].filter((busId) => !this.#held.has(busId))
    if (fresh.length === 0) return queues
    for (const row of await watchesOf(this.#ctx.db.system, fresh)) {
      this.#held.set(row.busId, { ...row, savedAtMs: -Infinity })
      const from = new Date(row.watch.last.timeMs + 1)
      // What waits may be in it too: what is not newer changes nothing.
      const selection = { of: { busId: row.busId }, from, until: undefined }
      const missed = await readPositions(this.#ctx.db.system, selection, undefined, MOST_HISTORY)
      const { tenantId } = row
      const behind = missed.map(({ busId, tripId, sample }) => ({ tenantId, busId, tripId, seen: sample }))
      queues.set(row.busId, [...behind, ...(queues.get(row.busId) ?? [])])
    }
    return queues
  }

  #walk(busId: string, queue: readonly Waiting[]): { readonly held: Held; readonly sighted: readonly Sighted[] } {
    const [first] = queue
    if (!first) throw new RangeError('a queue has a position at least')
    const held: Held = this.#held.get(busId) ?? {
      busId,
      tenantId: first.tenantId,
      revision: 0,
      watch: firstSight(first.seen),
      savedAtMs: -Infinity,
    }
    let watch: Watch = held.watch
    const sighted: Sighted[] = []
    for (const { tenantId, tripId, seen } of queue) {
      const fences = this.#books.fencesOf(tenantId)
      const next = step(watch, seen, { fences, trip: this.#books.tripOf(tripId), limits: this.#limits })
      watch = next.watch
      sighted.push(...next.sighted)
    }
    const walked = { ...held, watch }
    this.#held.set(busId, walked)
    return { held: walked, sighted }
  }

  /** Writes how far buses were watched, with what is to be told. Answers those that another process has written. */
  async #save(tenantId: string, buses: readonly { held: Held; sighted: readonly Sighted[] }[]): Promise<string[]> {
    const { db, clock } = this.#ctx
    const now = clock.now()
    const saved = await db.transaction(
      async (tx) => {
        const rows = buses.map(({ held }) => ({ ...held, revision: held.revision + 1 }))
        const written = new Map((await saveWatches(tx, rows, now)).map((one) => [one.busId, one]))
        for (const { held, sighted } of buses) {
          const row = written.get(held.busId)
          if (row?.silentSince) await announceBack(tx, held, row.silentSince, now)
          if (row) for (const one of sighted) await announce(tx, tenantId, held.busId, one)
        }
        return written
      },
      { tenantId },
    )
    for (const { held } of buses) {
      if (saved.has(held.busId))
        this.#held.set(held.busId, { ...held, revision: held.revision + 1, savedAtMs: performance.now() })
    }
    return buses.map(({ held }) => held.busId).filter((busId) => !saved.has(busId))
  }

  /** Has positions looked at again, after what is kept of the bus and its history. */
  #again(busId: string, queue: readonly Waiting[]): void {
    this.#held.delete(busId)
    const kept = this.#count + queue.length > MOST_WAITING ? queue.slice(-1) : queue
    this.#waiting.set(busId, [...kept, ...(this.#waiting.get(busId) ?? [])])
    this.#count += kept.length
  }

  #forgetSilent(nowMs: number): void {
    for (const [busId, { savedAtMs }] of this.#held) {
      if (savedAtMs > 0 && nowMs - savedAtMs > 40 * SAVE_MS) this.#held.delete(busId)
    }
  }
}

const supervisors = new WeakMap<Ctx['db'], Supervisor>()

/** The supervisor of a running service. */
export function supervisorOf(ctx: Ctx): Supervisor {
  const known = supervisors.get(ctx.db)
  if (known) return known
  const made = new Supervisor(ctx)
  supervisors.set(ctx.db, made)
  return made
}
