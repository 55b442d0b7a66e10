import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { base64Decode, base64Encode } from '@bufbuild/protobuf/wire'
import { type OfflineScan, OfflineScanSchema } from '../../../../gen/tms/ticketing/v1/scan_pb.ts'
import type { TmsStorage } from '../storage.ts'

/** A scan, and whether the server has it. */
export type KeptScan = { readonly number: number; readonly scan: OfflineScan; readonly uploaded: boolean }

/**
 * Scans of a device, one item of the storage each: a scan is kept before its passenger hears "yes", and outlives the page
 * and the process. Uploaded ones stay for as long as their trip is boarded: they say who is on board.
 *
 * Items are numbered without gaps from `first`, so that what is kept is found without an index that a crash could lose.
 */
export class ScanJournal {
  readonly #storage: TmsStorage
  readonly #name: string
  #scans: KeptScan[] = []
  #next = 0

  private constructor(storage: TmsStorage, name: string) {
    this.#storage = storage
    this.#name = name
  }

  /** Goes on with what the storage has under a name. */
  static async open(storage: TmsStorage, name: string): Promise<ScanJournal> {
    const journal = new ScanJournal(storage, name)
    journal.#next = Number((await storage.getItem(`${name}:first`)) ?? 0)
    await journal.#readOn()
    return journal
  }

  /** All scans that are kept, in the order in which they were made. */
  get scans(): readonly KeptScan[] {
    return this.#scans
  }

  /** Those that the server has not acknowledged. */
  get pending(): readonly KeptScan[] {
    return this.#scans.filter(({ uploaded }) => !uploaded)
  }

  /** Keeps a scan. Rejects when the storage does not take it: then nobody may be let on by it. */
  async append(scan: OfflineScan): Promise<void> {
    // Another page of this device may have written since.
    await this.#readOn()
    const kept = { number: this.#next, scan, uploaded: false }
    await this.#storage.setItem(this.#item(kept.number), written(kept))
    this.#scans.push(kept)
    this.#next += 1
  }

  /** Remembers which scans the server has. */
  async acknowledge(scanIds: ReadonlySet<string>): Promise<void> {
    for (const [i, kept] of this.#scans.entries()) {
      if (kept.uploaded || !scanIds.has(kept.scan.scanId)) continue
      const done = { ...kept, uploaded: true }
      await this.#storage.setItem(this.#item(done.number), written(done))
      this.#scans[i] = done
    }
  }

  /** Forgets uploaded scans of other trips, from the oldest on, up to the first that must stay. */
  async forgetAllBut(tripId: string): Promise<void> {
    const keep = this.#scans.findIndex(({ scan, uploaded }) => !uploaded || scan.tripId === tripId)
    const gone = this.#scans.splice(0, keep < 0 ? this.#scans.length : keep)
    if (gone.length === 0) return
    // First of all the beginning: what stands before it does not come back.
    await this.#storage.setItem(`${this.#name}:first`, String(this.#scans[0]?.number ?? this.#next))
    for (const { number } of gone) await this.#storage.removeItem(this.#item(number))
  }

  async #readOn(): Promise<void> {
    for (;;) {
      const text = await this.#storage.getItem(this.#item(this.#next))
      if (text === null) return
      const kept = read(this.#next, text)
      if (kept) this.#scans.push(kept)
      this.#next += 1
    }
  }

  #item(number: number): string {
    return `${this.#name}:${number}`
  }
}

function written({ scan, uploaded }: KeptScan): string {
  return `${uploaded ? '+' : '-'}${base64Encode(toBinary(OfflineScanSchema, scan))}`
}

/** Undefined for what is damaged: it is skipped, the rest counts. */
function read(number: number, text: string): KeptScan | undefined {
  try {
    const scan = fromBinary(OfflineScanSchema, base64Decode(text.slice(1)))
    return { number, scan: create(OfflineScanSchema, scan), uploaded: text.startsWith('+') }
  } catch {
    return undefined
  }
}
