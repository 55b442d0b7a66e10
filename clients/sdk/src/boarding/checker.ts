import { create } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Manifest, ManifestPassenger } from '../../../../gen/tms/ticketing/v1/boarding_pb.ts'
import { Ticket_State as TicketState } from '../../../../gen/tms/ticketing/v1/booking_pb.ts'
import { OfflineScanSchema, ScanResult } from '../../../../gen/tms/ticketing/v1/scan_pb.ts'
import { newId } from '../ids.ts'
import type { TmsStorage } from '../storage.ts'
import { checkTicket, type TicketFacts } from '../tickets/index.ts'
import type { Tms } from '../tms.ts'
import { ScanJournal } from './scan_journal.ts'
import { fetchSnapshot, loadSnapshot, saveSnapshot, type Snapshot } from './snapshot.ts'

/** How a checker behaves. */
export type CheckerOptions = {
  /** Asked only by `prepare` and `upload`: everything else works without a network. */
  readonly tms: Pick<Tms, 'boarding' | 'qr'>
  /** Keeps the manifest and the scans; `localStorage` in a browser. One checker at a time writes to it. */
  readonly storage: TmsStorage
  /** What the office calls this device. */
  readonly deviceId: string
  /** The device's clock. */
  readonly now?: () => Date
}

/** What the crew hears. `NO_SHOW`: by the manifest the bus left without this passenger. */
export type CheckerVerdict = {
  readonly result:
    | 'VALID'
    | 'MALFORMED'
    | 'UNKNOWN_KEY'
    | 'TAMPERED'
    | 'REVOKED'
    | 'WRONG_TRIP'
    | 'WRONG_LEG'
    | 'ALREADY_BOARDED'
    | 'EXPIRED'
    | 'NO_SHOW'
    | 'NOT_ON_MANIFEST'
  /** What the code says; unset where it could not be read. */
  readonly ticket?: TicketFacts
  /** The passenger's line; unset for whoever bought after the manifest was read. */
  readonly passenger?: ManifestPassenger
}

/** What an upload came to. */
export type UploadReport = {
  readonly uploaded: number
  /** Scans by which somebody rode who should not have; the office sees them too. */
  readonly conflicts: readonly { readonly scanId: string; readonly ticketId: string; readonly result: ScanResult }[]
}

/** The server takes twice as many. */
const BATCH = 500

/** Checks and boards tickets without a network, from what it was told while there was one. */
export class TicketChecker {
  readonly #options: CheckerOptions
  readonly #item: string
  readonly #journal: ScanJournal
  #snapshot: Snapshot | undefined
  /** One after the other: two fingers on one button are two scans of one ticket. */
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(options: CheckerOptions, item: string, journal: ScanJournal, snapshot: Snapshot | undefined) {
    this.#options = options
    this.#item = item
    this.#journal = journal
    this.#snapshot = snapshot
  }

  /** Goes on with what the storage has, with or without a network. */
  static async open(options: CheckerOptions): Promise<TicketChecker> {
    const { storage, deviceId } = options
    const item = `tms:boarding:${deviceId}`
    const journal = await ScanJournal.open(storage, `${item}:scan`)
    return new TicketChecker(options, item, journal, await loadSnapshot(storage, item))
  }

  /** Reads a trip's manifest, the public keys and the revoked tickets from the server, for when there is no network. */
  async prepare(tripId: string): Promise<Manifest> {
    const { tms, storage } = this.#options
    const fetched = await fetchSnapshot(tms, tripId, this.#deviceNow(), this.#snapshot)
    return this.#inTurn(async () => {
      await saveSnapshot(storage, this.#item, fetched)
      this.#snapshot = fetched
      await this.#journal.forgetAllBut(tripId)
      return fetched.manifest
    })
  }

  /** The manifest as it was last read. Undefined before the first `prepare`. */
  get manifest(): Manifest | undefined {
    return this.#snapshot?.manifest
  }

  /** How many scans the server does not know of yet. */
  get pending(): number {
    return this.#journal.pending.length
  }

  /** Tells whether a code is good for this trip at a stop; boards nobody. */
  async check(code: string, stopSequence: number): Promise<CheckerVerdict> {
    const snapshot = this.#prepared()
    const { tenantId, tripId } = snapshot.manifest
    const now = new Date(this.#deviceNow().getTime() + snapshot.clockOffsetMs)
    const history = { revoked: snapshot.revoked, boarded: this.#boarded(snapshot) }
    const verdict = await checkTicket(code, snapshot.keys, { tenantId, tripId, stopSequence, now }, history)
    if (!('ticket' in verdict)) return verdict
    const passenger = passengerOf(snapshot, verdict.ticket.ticketId)
    const missed = verdict.result === 'VALID' && passenger?.entry?.ticket?.state === TicketState.NO_SHOW
    return { ...verdict, ...(missed ? { result: 'NO_SHOW' as const } : {}), ...(passenger ? { passenger } : {}) }
  }

  /** Lets the passenger of a good code on: kept on the device before the answer, and sent with the next upload. */
  board(code: string, stopSequence: number): Promise<CheckerVerdict> {
    return this.#inTurn(async () => {
      const verdict = await this.check(code, stopSequence)
      if (verdict.result === 'VALID' && verdict.ticket) await this.#keep(verdict.ticket.ticketId, code, stopSequence)
      return verdict
    })
  }

  /** Lets a passenger on who was found in the manifest, e.g. by name. */
  boardByHand(ticketId: string, stopSequence: number): Promise<CheckerVerdict> {
    return this.#inTurn(async () => {
      const snapshot = this.#prepared()
      const passenger = passengerOf(snapshot, ticketId)
      if (!passenger) return { result: 'NOT_ON_MANIFEST' }
      const result = this.#judgeByHand(snapshot, passenger, stopSequence)
      if (result === 'VALID') await this.#keep(ticketId, '', stopSequence)
      return { result, passenger }
    })
  }

  /** Hands the scans over. Safe to call at any time, and again after it failed: each counts once. */
  async upload(): Promise<UploadReport> {
    const conflicts: { scanId: string; ticketId: string; result: ScanResult }[] = []
    let uploaded = 0
    for (;;) {
      const scans = this.#journal.pending.slice(0, BATCH).map(({ scan }) => scan)
      if (scans.length === 0) return { uploaded, conflicts }
      const { outcomes } = await this.#options.tms.boarding.uploadScans({ deviceId: this.#options.deviceId, scans })
      const judged = outcomes.filter(({ result }) => result !== ScanResult.UNSPECIFIED)
      await this.#inTurn(() => this.#journal.acknowledge(new Set(judged.map(({ scanId }) => scanId))))
      uploaded += judged.length
      for (const { scanId, result } of judged) {
        const ticketId = scans.find((scan) => scan.scanId === scanId)?.ticketId ?? ''
        if (result !== ScanResult.BOARDED) conflicts.push({ scanId, ticketId, result })
      }
      if (judged.length === 0) return { uploaded, conflicts }
    }
  }

  async #keep(ticketId: string, code: string, stopSequence: number): Promise<void> {
    const { tripId } = this.#prepared().manifest
    const deviceTime = timestampFromDate(this.#deviceNow())
    const scan = { scanId: newId(), ticketId, code, tripId, stopSequence, deviceTime }
    await this.#journal.append(create(OfflineScanSchema, scan))
  }

  #judgeByHand(snapshot: Snapshot, { entry }: ManifestPassenger, stopSequence: number): CheckerVerdict['result'] {
    const ticketId = entry?.ticket?.ticketId ?? ''
    if (!entry || snapshot.revoked.has(ticketId)) return 'REVOKED'
    if (stopSequence < entry.fromSequence || stopSequence >= entry.toSequence) return 'WRONG_LEG'
    if (this.#boarded(snapshot).has(ticketId)) return 'ALREADY_BOARDED'
    return entry.ticket?.state === TicketState.NO_SHOW ? 'NO_SHOW' : 'VALID'
  }

  #boarded(snapshot: Snapshot): ReadonlySet<string> {
    return new Set([...snapshot.boarded, ...this.#journal.scans.map(({ scan }) => scan.ticketId)])
  }

  #prepared(): Snapshot {
    if (this.#snapshot) return this.#snapshot
    throw new Error('prepare a trip while there is a network: this device knows of none')
  }

  #deviceNow(): Date {
    return this.#options.now?.() ?? new Date()
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work, work)
    this.#turn = mine.catch(() => undefined)
    return mine
  }
}

function passengerOf({ manifest }: Snapshot, ticketId: string): ManifestPassenger | undefined {
  return manifest.passengers.find(({ entry }) => entry?.ticket?.ticketId === ticketId)
}
