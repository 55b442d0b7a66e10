import { timestampMs } from '@bufbuild/protobuf/wkt'
import type { Client } from '@connectrpc/connect'
import { EntryOutcome, type EntryResult } from '../../../../gen/tms/ticketing/v1/point_of_sale_pb.ts'
import type {
  PointOfSaleService,
  SyncSalesResponse,
} from '../../../../gen/tms/ticketing/v1/point_of_sale_service_pb.ts'
import type { SignedEntry } from './chain.ts'
import type { PosStore } from './store.ts'
import type { Conflict } from './terminal_state.ts'

/** As many entries as go at once. */
const BATCH = 500

/** What is known of how far the server has come. */
export type Progress = {
  /** Everything up to here was taken over, or is kept in quarantine. */
  synced: number
  /** Entries that wait for a manager. */
  quarantined: number[]
  conflicts: Conflict[]
}

const NOTHING: Progress = { synced: 0, quarantined: [], conflicts: [] }

/** What an agent must be shown; what stands as it was written is not. */
const shown: Readonly<Partial<Record<EntryOutcome, Conflict['outcome']>>> = {
  [EntryOutcome.ACCEPTED_LATE]: 'ACCEPTED_LATE',
  [EntryOutcome.RESEATED]: 'RESEATED',
  [EntryOutcome.REFUND_QUEUED]: 'REFUND_QUEUED',
  [EntryOutcome.REFUSED]: 'REFUSED',
  [EntryOutcome.REJECTED]: 'REJECTED',
}

/** What it sends by. */
type Counter = Pick<Client<typeof PointOfSaleService>, 'syncSales'>

/** Sends a device's journal to the server: in order, again from wherever it was cut, until all of it is there. */
export class Sender {
  readonly #store: PosStore
  readonly #client: Counter
  readonly #deviceId: string
  readonly progress: Progress

  private constructor(store: PosStore, client: Counter, deviceId: string, progress: Progress) {
    this.#store = store
    this.#client = client
    this.#deviceId = deviceId
    this.progress = progress
  }

  /** Goes on from what the store says. */
  static async open(store: PosStore, client: Counter, deviceId: string): Promise<Sender> {
    const note = await store.note('progress')
    const progress = note === undefined ? structuredClone(NOTHING) : (JSON.parse(note) as Progress)
    return new Sender(store, client, deviceId, progress)
  }

  /**
   * Sends all that there is. Answers what the server's clock said last, before ours; undefined when there was nothing to
   * send.
   */
  async send(now: () => number, onProgress: () => void, signal: AbortSignal): Promise<number | undefined> {
    let offset: number | undefined
    for (;;) {
      const batch = await this.#nextBatch()
      if (batch.length === 0) return offset
      const answer = await this.#client.syncSales({ deviceId: this.#deviceId, entries: batch.map(sent) }, { signal })
      if (answer.serverTime) offset = timestampMs(answer.serverTime) - now()
      await this.#take(batch, answer)
      onProgress()
      // Nobody has decided yet: what waits in quarantine is asked about again another time.
      if (batch.every(({ sequence }) => this.progress.quarantined.includes(sequence))) return offset
    }
  }

  /** How many entries the server is not known to have. */
  unsynced(last: number): number {
    return Math.max(0, last - this.progress.synced)
  }

  /** What is new; and when nothing is, what waits for a manager: perhaps it was decided. */
  async #nextBatch(): Promise<SignedEntry[]> {
    const fresh = await this.#store.after(this.progress.synced, BATCH)
    const [first] = this.progress.quarantined
    if (fresh.length > 0 || first === undefined) return fresh
    const waiting = await this.#store.after(first - 1, BATCH)
    return waiting.filter(({ sequence }) => this.progress.quarantined.includes(sequence))
  }

  async #take(batch: readonly SignedEntry[], { results, journalSequence, quarantineId }: SyncSalesResponse) {
    const { progress } = this
    const decided = new Map(batch.map(({ sequence }, i) => [sequence, results[i]]))
    for (const [sequence, result] of decided) this.#note(sequence, result)
    const last = batch.at(-1)?.sequence ?? 0
    progress.synced = Math.max(progress.synced, last)
    // A server that knows less than it did was put back to an earlier day: it is told again.
    if (quarantineId === '' && Number(journalSequence) < progress.synced) progress.synced = Number(journalSequence)
    await this.#store.setNote('progress', JSON.stringify(progress))
  }

  #note(sequence: number, result: EntryResult | undefined): void {
    const { progress } = this
    progress.quarantined = progress.quarantined.filter((one) => one !== sequence)
    if (result?.outcome === EntryOutcome.QUARANTINED) progress.quarantined.push(sequence)
    const outcome = result && shown[result.outcome]
    if (!result || !outcome || progress.conflicts.some((one) => one.sequence === sequence)) return
    const { bookingId: saleId, seatLabel, newTicketCode, reason } = result
    progress.conflicts.push({ sequence, outcome, saleId, seatLabel, newTicketCode, reason })
  }
}

function sent({ body, signature }: SignedEntry) {
  return { body, signature }
}
