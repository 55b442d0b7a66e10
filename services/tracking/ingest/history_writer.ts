import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '#kit'
import { historySeconds, positionsWaiting } from '../metrics.ts'
import type { Sample } from '../domain/sample.ts'
import { type History, HistoryBatch, isRepeat } from '../store/history.ts'

/** Somebody whose positions are written, and who is told when they are on disk. */
export type Writer = {
  /** Where it stands now; everything before is in this batch or in an earlier one. */
  mark(): number
  /** All up to the mark is on disk. */
  settled(mark: number): void
}

type Batch = { readonly rows: HistoryBatch; readonly marks: readonly (readonly [Writer, number])[] }

/** Rows gather for so long, so that many senders share a write. */
const GATHER_MS = 40
/** And so many make one write at most. */
const MAX_ROWS = 10_000
/** With so many waiting, senders wait too. */
const FULL_ROWS = 50_000
const RETRY_MS = { first: 50, most: 2_000 }

/**
 * Writes accepted positions into the history, in the order in which they came: one batch at a time, and the next only when
 * the one before is on disk. What cannot be written waits, and with it the senders.
 */
export class HistoryWriter {
  readonly #history: History
  readonly #log: Logger
  #rows = new HistoryBatch()
  #writers = new Set<Writer>()
  #batches: Batch[] = []
  #waiting = 0
  #running: Promise<void> | undefined
  #hurry = Promise.withResolvers<void>()
  #room: PromiseWithResolvers<void> | undefined

  constructor(history: History, log: Logger) {
    this.#history = history
    this.#log = log
  }

  /** Takes a row, which its owner's `rowHead` begins; its writer, whose mark covers it, is told when it is safe. */
  add(head: Uint8Array, sample: Sample, receiveTimeMs: number, writer: Writer): void {
    this.#rows.add(head, sample, receiveTimeMs)
    this.#writers.add(writer)
    this.#waiting += 1
    if (this.#rows.count >= MAX_ROWS) this.#closeBatch()
    this.#running ??= this.#run()
  }

  /** Resolves when there is room for more. */
  room(): Promise<void> | undefined {
    if (this.#waiting < FULL_ROWS) return undefined
    return (this.#room ??= Promise.withResolvers<void>()).promise
  }

  /** Writes what waits without gathering more. Resolves when nothing waits. */
  async flush(): Promise<void> {
    while (this.#running) {
      this.#hurry.resolve()
      await this.#running
    }
  }

  async #run(): Promise<void> {
    while (this.#waiting > 0) {
      if (this.#batches.length === 0) {
        await Promise.race([sleep(GATHER_MS), this.#hurry.promise])
        this.#closeBatch()
      }
      await this.#writeNext()
    }
    this.#hurry = Promise.withResolvers<void>()
    this.#running = undefined
  }

  #closeBatch(): void {
    if (this.#rows.count === 0) return
    this.#batches.push({ rows: this.#rows, marks: [...this.#writers].map((writer) => [writer, writer.mark()]) })
    this.#rows = new HistoryBatch()
    this.#writers.clear()
  }

  async #writeNext(): Promise<void> {
    const batch = this.#batches.shift()
    if (!batch) return
    const end = historySeconds.startTimer()
    await this.#write(batch.rows)
    end()
    this.#waiting -= batch.rows.count
    positionsWaiting.set(this.#waiting)
    for (const [writer, mark] of batch.marks) writer.settled(mark)
    if (this.#waiting < FULL_ROWS) this.#makeRoom()
  }

  #makeRoom(): void {
    this.#room?.resolve()
    this.#room = undefined
  }

  /** Does not end before the rows are on disk: only then may anybody be told so. */
  async #write(rows: HistoryBatch): Promise<void> {
    let err = await failureOf(this.#history.append(rows))
    for (let waitMs = RETRY_MS.first; err !== undefined; waitMs = Math.min(waitMs * 2, RETRY_MS.most)) {
      // Whether the batch that failed is on disk is known after a refusal only, so the next try asks row by row.
      if (!isRepeat(err)) {
        this.#log.warn({ err, rows: rows.count }, 'positions could not be written; trying again')
        await sleep(waitMs)
      }
      err = await failureOf(this.#history.appendMissing(rows))
    }
  }
}

async function failureOf(work: Promise<void>): Promise<unknown> {
  try {
    await work
    return undefined
  } catch (err) {
    return err ?? new Error('failed without a word')
  }
}
