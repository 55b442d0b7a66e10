import { timestampFromDate, timestampDate } from '@bufbuild/protobuf/wkt'
import type { JournalEntry } from '../../../../gen/tms/ticketing/v1/point_of_sale_pb.ts'
import { type DeviceKey, type EntryInit, hashOf, NO_HASH, readEntry, type SignedEntry, signEntry } from './chain.ts'
import type { PosStore } from './store.ts'
import { SaleRefusedError } from './terminal_state.ts'

/** What an entry says besides its place in the journal. */
export type Detail = NonNullable<EntryInit['detail']>

/** Who writes, and in which shift. */
export type Author = { readonly deviceId: string; readonly shiftId: string; readonly agentUserId: string }

/** So far back may a clock be set without a word: phones are corrected by their network. */
const CLOCK_SLACK_MS = 120_000

/** The journal of a device: what it did, in order, signed, never changed. */
export class Journal {
  readonly #store: PosStore
  readonly #key: DeviceKey
  #sequence: number
  #hash: Uint8Array<ArrayBuffer>
  #lastTime: Date | undefined
  #writing: Promise<unknown> = Promise.resolve()

  private constructor(store: PosStore, key: DeviceKey, last: SignedEntry | undefined, hash: Uint8Array<ArrayBuffer>) {
    this.#store = store
    this.#key = key
    this.#sequence = last?.sequence ?? 0
    this.#hash = hash
    const time = last && readEntry(last).deviceTime
    this.#lastTime = time && timestampDate(time)
  }

  /** Goes on where the store ends. */
  static async open(store: PosStore, key: DeviceKey): Promise<Journal> {
    const last = await store.last()
    return new Journal(store, key, last, last ? await hashOf(last.body) : NO_HASH)
  }

  /** The number of the last entry. */
  get sequence(): number {
    return this.#sequence
  }

  /**
   * Writes an entry. When it resolves, the entry is signed and on disk.
   *
   * @throws {SaleRefusedError} CLOCK_MOVED_BACK when the clock was set to before the last entry
   */
  append(author: Author, detail: Detail, now: Date): Promise<SignedEntry> {
    // One after the other: each holds the hash of the one before.
    const written = this.#writing.then(() => this.#append(author, detail, now))
    this.#writing = written.catch(() => undefined)
    return written
  }

  async #append(author: Author, detail: Detail, now: Date): Promise<SignedEntry> {
    const last = this.#lastTime ?? now
    if (last.getTime() - now.getTime() > CLOCK_SLACK_MS) {
      throw new SaleRefusedError('CLOCK_MOVED_BACK', `the clock stands before ${last.toISOString()}: set it right`)
    }
    const time = now < last ? last : now
    const entry = await signEntry(this.#key, {
      ...author,
      sequence: BigInt(this.#sequence + 1),
      previousHash: this.#hash,
      deviceTime: timestampFromDate(time),
      detail,
    })
    await this.#store.append(entry)
    this.#sequence = entry.sequence
    this.#hash = await hashOf(entry.body)
    this.#lastTime = time
    return entry
  }

  /** Every entry from the beginning, as it is kept. */
  async *entries(): AsyncGenerator<SignedEntry> {
    for (let after = 0; ;) {
      const batch = await this.#store.after(after, 500)
      yield* batch
      const last = batch.at(-1)
      if (!last) return
      after = last.sequence
    }
  }

  /** Every entry from the beginning, read. */
  async *read(): AsyncGenerator<JournalEntry> {
    for await (const entry of this.entries()) yield readEntry(entry)
  }
}
