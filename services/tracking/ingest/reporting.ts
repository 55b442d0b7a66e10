import type { PositionFault, Position } from '#gen/tms/tracking/v1/position_pb.ts'
import { type Fault, faultOf, trackAfter } from '../domain/filters/index.ts'
import type { Duty, Limits, Sample, Source, Track } from '../domain/sample.ts'
import { countJudged } from '../metrics.ts'
import { rowHead } from '../store/history_rows.ts'
import { updateEncoder } from '../wire/position_writer.ts'
import { faultToProto, sampleFromProto } from '../wire/positions.ts'
import type { HistoryWriter, Writer } from './history_writer.ts'
import type { Publisher } from './publisher.ts'
import type { Supervisor } from '../supervise/supervisor.ts'

/** Who reports, for which bus. */
export type Sender = {
  readonly tenantId: string
  readonly busId: string
  readonly busPlate: string
  readonly recordingId: string
  readonly source: Source
  /** The trip that the bus is on. */
  readonly tripId: string | undefined
  readonly duty: Duty
  readonly intervalSeconds: number
}

/** What became of positions; see ReportAck. */
export type Ack = {
  readonly sequence: number
  readonly rejected: readonly { readonly sequence: bigint; readonly fault: PositionFault }[]
}

/** Who is told by a reporting: a stream, a socket, a call. */
export type Door = {
  /** Positions are safe, or were rejected. */
  readonly acknowledge: (ack: Ack) => void
  /** Whether the other side does not read what it is told: then it is told later, and all at once. */
  readonly isFull: () => boolean
  readonly tripChanged: (tripId: string | undefined) => void
  readonly intervalChanged: (seconds: number) => void
  readonly message: (message: DriverNote) => void
  /** The sender may report no longer, or somewhere else. */
  readonly end: (why: Error) => void
}

/** What staff wrote to a driver. */
export type DriverNote = {
  readonly messageId: string
  readonly tripId: string
  readonly text: string
  readonly createTime: Date
}

/** What a reporting passes its positions to. */
export type Sinks = {
  readonly history: HistoryWriter
  readonly publisher: Publisher
  readonly supervisor: Pick<Supervisor, 'take'>
  readonly limits: Limits
  readonly now: () => number
}

/** A phone is told so often at most: what it may forget can wait. */
const ACK_SPACING_MS = 2_000
/** A sender that is so far ahead of the disk waits. */
const FULL_POSITIONS = 5_000

/** One sender at work: judges its positions in their order, and passes those that are accepted on. */
export class Reporting implements Writer {
  readonly door: Door
  #sender: Sender
  readonly #sinks: Sinks
  #track: Track
  /** Highest number that was judged. */
  #judged: number
  /** Everything up to here is on disk or was rejected. */
  #settled: number
  #accepted = 0
  #written = 0
  /** How far judgement had come when batches were closed that are not on disk yet. */
  #marks: { readonly accepted: number; readonly judged: number }[] = []
  #told: number
  #rejected: { sequence: bigint; fault: PositionFault }[] = []
  #ackTimer: NodeJS.Timeout | undefined
  #ackedAt = 0
  #quiet: PromiseWithResolvers<void> | undefined
  #heard: PromiseWithResolvers<void> | undefined
  #encode: (sample: Sample) => Uint8Array
  #rowHead: Uint8Array
  #closed = false
  readonly #messages = new Set<string>()

  /** @param last the last position of the recording that is in the history */
  constructor(sender: Sender, last: Sample | undefined, door: Door, sinks: Sinks) {
    this.#sender = sender
    this.door = door
    this.#sinks = sinks
    this.#track = { last, elsewhere: undefined }
    this.#judged = this.#settled = this.#told = last?.sequence ?? 0
    this.#encode = updateEncoder(sender)
    this.#rowHead = rowHead(sender)
  }

  get sender(): Sender {
    return this.#sender
  }

  /** Everything of the recording up to this number may be forgotten by its sender. */
  get settledSequence(): number {
    return this.#settled
  }

  /** Judges positions. */
  take(positions: readonly Position[]): void {
    this.#take(positions.map(sampleFromProto), (i) => positions[i]?.sequence)
  }

  /** Judges positions that were read already. */
  takeSamples(samples: readonly Sample[]): void {
    this.#take(samples, (i) => BigInt(samples[i]?.sequence ?? 0))
  }

  /** @param sequenceAt the number of one as it was reported, which may be none at all */
  #take(samples: readonly Sample[], sequenceAt: (i: number) => bigint | undefined): void {
    if (this.#closed) return
    const nowMs = this.#sinks.now()
    let i = 0
    for (const sample of samples) {
      const fault = this.#judge(sample, nowMs)
      if (fault !== undefined) this.#rejected.push({ sequence: sequenceAt(i) ?? 0n, fault: faultToProto(fault) })
      i += 1
    }
    if (this.#inFlight === 0) this.#settle(this.#judged)
  }

  /** Undefined when more may come; else resolves when it may. */
  room(): Promise<void> | undefined {
    if (this.#inFlight >= FULL_POSITIONS) return this.quiet()
    if (this.#rejected.length >= FULL_POSITIONS) return (this.#heard ??= Promise.withResolvers<void>()).promise
    return this.#sinks.history.room()
  }

  /** Resolves when everything that was taken is on disk. */
  quiet(): Promise<void> {
    if (this.#inFlight === 0) return Promise.resolve()
    return (this.#quiet ??= Promise.withResolvers<void>()).promise
  }

  /** What the sender was not told yet; it is told now. */
  takeAck(): Ack {
    const ack = { sequence: this.#settled, rejected: this.#rejected }
    this.#rejected = []
    this.#told = this.#settled
    this.#heard?.resolve()
    this.#heard = undefined
    return ack
  }

  /** The bus has another trip, the driver other hours, the company another wish. */
  change(changes: Pick<Sender, 'tripId' | 'duty' | 'intervalSeconds'>): void {
    const before = this.#sender
    this.#sender = { ...before, ...changes }
    if (before.tripId !== changes.tripId) {
      this.#encode = updateEncoder(this.#sender)
      this.#rowHead = rowHead(this.#sender)
      this.door.tripChanged(changes.tripId)
    }
    if (before.intervalSeconds !== changes.intervalSeconds) this.door.intervalChanged(changes.intervalSeconds)
  }

  /** Passes a message to the driver on, unless this was done. */
  tell(message: DriverNote): void {
    if (this.#messages.has(message.messageId)) return
    this.#messages.add(message.messageId)
    this.door.message(message)
  }

  close(): void {
    clearTimeout(this.#ackTimer)
    this.#closed = true
    this.#heard?.resolve()
  }

  mark(): number {
    this.#marks.push({ accepted: this.#accepted, judged: this.#judged })
    return this.#accepted
  }

  settled(mark: number): void {
    this.#written = mark
    let judged = this.#settled
    while (this.#marks[0] && this.#marks[0].accepted <= mark) judged = this.#marks.shift()!.judged
    // What was rejected behind the last accepted position waited for that one.
    this.#settle(this.#inFlight === 0 ? this.#judged : judged)
    if (this.#inFlight > 0) return
    this.#quiet?.resolve()
    this.#quiet = undefined
  }

  get #inFlight(): number {
    return this.#accepted - this.#written
  }

  #judge(sample: Sample, nowMs: number): Fault | undefined {
    const { limits, history, supervisor } = this.#sinks
    const track = this.#track
    const fault = faultOf(sample, { track, limits, duty: this.#sender.duty, nowMs })
    this.#track = trackAfter(track, sample, fault, limits)
    if (Number.isSafeInteger(sample.sequence)) this.#judged = Math.max(this.#judged, sample.sequence)
    countJudged(fault)
    if (fault !== undefined) return fault
    this.#accepted += 1
    history.add(this.#rowHead, sample, nowMs, this)
    supervisor.take(this.#sender, sample)
    this.#show(sample, nowMs)
    return undefined
  }

  #show(sample: Sample, nowMs: number): void {
    const { publisher } = this.#sinks
    if (!publisher.shows(this.#sender.busId, sample.timeMs, nowMs)) return
    const { tenantId, busId, tripId, busPlate } = this.#sender
    publisher.show({ tenantId, busId, tripId, busPlate, sample, update: this.#encode(sample) })
  }

  #settle(sequence: number): void {
    this.#settled = Math.max(this.#settled, sequence)
    if (this.#closed || (this.#settled === this.#told && this.#rejected.length === 0)) return
    this.#ackTimer ??= setTimeout(() => this.#acknowledge(), this.#ackedAt + ACK_SPACING_MS - performance.now())
  }

  #acknowledge(): void {
    this.#ackTimer = undefined
    this.#ackedAt = performance.now()
    if (this.door.isFull()) this.#ackTimer = setTimeout(() => this.#acknowledge(), ACK_SPACING_MS)
    else this.door.acknowledge(this.takeAck())
  }
}
