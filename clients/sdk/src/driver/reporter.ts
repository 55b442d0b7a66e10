import { create } from '@bufbuild/protobuf'
import { durationMs, timestampMs } from '@bufbuild/protobuf/wkt'
import { Code, ConnectError } from '@connectrpc/connect'
import {
  type DriverMessage,
  PositionReportSchema,
  type RejectedPosition,
} from '../../../../gen/tms/tracking/v1/report_pb.ts'
import {
  DriverMessageShownSchema,
  type StreamPositionsResponse,
  TrackingService,
} from '../../../../gen/tms/tracking/v1/tracking_service_pb.ts'
import type { TmsCore } from '../core.ts'
import { type Reason, reasonOf } from '../reasons.ts'
import { memoryStorage, type TmsStorage } from '../storage.ts'
import { batchDoor } from './doors/batch_door.ts'
import type { Door, Hello, Line } from './doors/door.ts'
import { socketDoor } from './doors/socket_door.ts'
import { streamDoor } from './doors/stream_door.ts'
import { type Backoff, consequenceOf, waitAfter } from './faults.ts'
import { type Fix, PositionJournal } from './journal.ts'

/** By which way positions go: `stream` in Node and apps, a WebSocket's address in browsers, `batch` where nothing else works. */
export type Way = 'stream' | 'batch' | { readonly liveUrl: string }

/** How positions are reported. */
export type DriverOptions = {
  /** As the driver who is signed in, for a trip; or as a device, by its key. */
  readonly as: { readonly tripId: string } | { readonly deviceKey: string }
  readonly way: Way
  /** Where positions wait for the server; in memory by default, which outlives no reload. */
  readonly storage?: TmsStorage
  /** What the storage calls it; by default after the trip. */
  readonly name?: string
  /** So many positions are kept at most, 20,000 by default: a day at one in five seconds. Then the oldest give way. */
  readonly capacity?: number
  /** Shows a message of the company's staff; when it is done the server is told so. */
  readonly onMessage?: (message: DriverMessage) => void | Promise<void>
  /** Positions that the server did not accept. */
  readonly onRejected?: (rejected: readonly RejectedPosition[]) => void
  /** Something of the state changed. */
  readonly onChange?: (state: DriverState) => void
  /** A line on which nothing is heard of what was sent for so long is given up; 15 s by default. */
  readonly silenceMs?: number
  readonly backoff?: Partial<Backoff>
}

/** How reporting stands. */
export type DriverState = {
  readonly phase: 'idle' | 'connecting' | 'reporting' | 'waiting' | 'ended'
  /** Positions that are not known to be safe. */
  readonly pending: number
  /** Highest number given, and the one up to which all is safe. */
  readonly last: number
  readonly settled: number
  /** Positions that gave way because the storage was full. */
  readonly lost: number
  /** How far apart positions are to be measured. */
  readonly intervalSeconds: number
  readonly busId: string
  readonly tripId: string
  /** The server's clock before ours. */
  readonly clockOffsetMs: number
  /** Why reporting ended by itself. */
  readonly reason: Reason | undefined
  readonly storageFault: unknown
}

/** The part of the state that is not the journal's. */
type Told = Pick<DriverState, 'phase' | 'intervalSeconds' | 'busId' | 'tripId' | 'clockOffsetMs' | 'reason'>

/** What the reporter needs of a client of the suite. */
export type DriverTms = Pick<TmsCore, 'client'> & { readonly session: Pick<TmsCore['session'], 'token' | 'renewAfter'> }

const REPORT_POSITIONS = 500
/** So many are on their way at most: what is sent twice after a break stays little. */
const WINDOW_POSITIONS = 2_000

/**
 * Reports the positions of a bus, and loses none: each is kept until the server says that it is on disk, over tunnels,
 * reloads and servers that go away, and sent again from what the server has.
 */
export class DriverReporter {
  readonly #tms: DriverTms
  readonly #options: DriverOptions
  readonly #journal: PositionJournal
  readonly #door: Door
  readonly #backoff: Backoff
  #state: Told
  #line: Line | undefined
  #cutter: AbortController | undefined
  #sent = 0
  #silence: ReturnType<typeof setTimeout> | undefined
  #running: Promise<void> | undefined
  #stopped = false
  #hurry: (() => void) | undefined
  #watchers = new Set<() => void>()

  private constructor(tms: DriverTms, options: DriverOptions, journal: PositionJournal) {
    this.#tms = tms
    this.#options = options
    this.#journal = journal
    this.#door = doorOf(tms, options)
    this.#backoff = { firstWaitMs: 500, longestWaitMs: 30_000, ...options.backoff }
    this.#state = { phase: 'idle', intervalSeconds: 5, busId: '', tripId: '', clockOffsetMs: 0, reason: undefined }
  }

  /** Opens what is kept under the trip's name, and goes on with it. Nothing is sent before `start()`. */
  static async open(tms: DriverTms, options: DriverOptions): Promise<DriverReporter> {
    const { storage = memoryStorage(), capacity = 20_000, as } = options
    const name = options.name ?? ('tripId' in as ? as.tripId : 'device')
    return new DriverReporter(tms, options, await PositionJournal.open(storage, `tms:positions:${name}`, capacity))
  }

  get state(): DriverState {
    const { size: pending, last, settled, lost, storageFault } = this.#journal
    return { ...this.#state, pending, last, settled, lost, storageFault }
  }

  /** Keeps a measurement, and reports it as soon as there is a way. Resolves when the storage has it. */
  async record(fix: Fix): Promise<void> {
    const kept = this.#journal.append(fix)
    this.#pump()
    await kept
    this.#changed()
  }

  /** Begins to report. */
  start(): void {
    if (this.#running) return
    this.#stopped = false
    this.#running = this.#run().finally(() => (this.#running = undefined))
  }

  /** Tries at once, as when the phone says that it is online again. */
  retryNow(): void {
    this.#hurry?.()
  }

  /** Stops reporting; what is not safe stays in the storage. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#cutter?.abort()
    this.#hurry?.()
    await this.#running
  }

  /** Resolves when all that was recorded is safe. @throws when reporting ends before */
  async drained(): Promise<void> {
    while (this.#journal.size > 0) {
      if (this.#state.phase === 'ended') throw new Error(`reporting ended: ${this.#state.reason ?? 'stopped'}`)
      await new Promise<void>((resolve) => this.#watchers.add(resolve))
    }
  }

  async #run(): Promise<void> {
    for (let failures = 0; !this.#stopped;) {
      const settledBefore = this.#journal.settled
      const lost = await this.#connect()
      if (this.#stopped) break
      if (this.#journal.settled > settledBefore) failures = 0
      failures += 1
      const consequence = await this.#consequence(lost)
      if (consequence === 'stop') return this.#set({ phase: 'ended', reason: reasonOf(lost) })
      if (consequence === 'begin anew') await this.#journal.beginAnew()
      this.#set({ phase: 'waiting' })
      await this.#pause(waitAfter(failures, this.#backoff))
    }
    this.#set({ phase: 'idle' })
  }

  async #consequence(lost: unknown) {
    const consequence = consequenceOf(lost)
    if (consequence !== 'sign in') return consequence
    const { session } = this.#tms
    // Whoever cannot reach auth now is still signed in.
    const renewed = await session.renewAfter(lost).catch(() => true)
    return renewed || (await session.token().catch(() => '')) !== undefined ? 'try again' : 'stop'
  }

  /** Reports until the line is lost; answers by what. */
  async #connect(): Promise<unknown> {
    this.#set({ phase: 'connecting' })
    this.#cutter = new AbortController()
    const { signal } = this.#cutter
    try {
      const line = this.#door(this.#hello(), signal)
      this.#listenFor()
      for await (const answer of line.answers) await this.#hear(line, answer)
      return new ConnectError('the server ended the stream', Code.Unavailable)
    } catch (err) {
      return err
    } finally {
      this.#line = undefined
      clearTimeout(this.#silence)
      this.#silence = undefined
      this.#cutter.abort()
    }
  }

  #hello(): Hello {
    const { as } = this.#options
    const sender: Hello['sender'] =
      'tripId' in as ? { case: 'tripId', value: as.tripId } : { case: 'deviceKey', value: as.deviceKey }
    return { recordingId: this.#journal.recordingId, sender }
  }

  async #hear(line: Line, { frame }: StreamPositionsResponse): Promise<void> {
    clearTimeout(this.#silence)
    this.#silence = undefined
    switch (frame.case) {
      case 'opened': {
        const { durableSequence, reportInterval, serverTime, busId, tripId } = frame.value
        await this.#settle(Number(durableSequence))
        this.#sent = Number(durableSequence)
        this.#line = line
        this.#set({ phase: 'reporting', busId, tripId, reason: undefined })
        if (reportInterval) this.#set({ intervalSeconds: durationMs(reportInterval) / 1_000 })
        if (serverTime) this.#set({ clockOffsetMs: timestampMs(serverTime) - Date.now() })
        break
      }
      case 'ack':
        if (frame.value.rejected.length > 0) this.#options.onRejected?.(frame.value.rejected)
        await this.#settle(Number(frame.value.sequence))
        this.#changed()
        break
      case 'reportInterval':
        this.#set({ intervalSeconds: durationMs(frame.value) / 1_000 })
        break
      case 'message':
        void this.#show(line, frame.value)
        break
      case 'tripId':
        this.#set({ tripId: frame.value })
        break
      case undefined: // what a newer server may say
        break
    }
    this.#pump()
  }

  async #settle(durable: number): Promise<void> {
    // The server knows more of the recording than the storage: it was put back to an older state, and its numbers are used.
    if (durable > this.#journal.last) {
      await this.#journal.beginAnew()
      throw new ConnectError('the storage is behind the server', Code.Unavailable)
    }
    await this.#journal.settle(durable)
  }

  async #show(line: Line, message: DriverMessage): Promise<void> {
    try {
      await this.#options.onMessage?.(message)
    } catch {
      return // it was not shown, so it comes again
    }
    if (!this.#options.onMessage) return
    const value = create(DriverMessageShownSchema, { messageId: message.messageId })
    line.say({ case: 'messageShown', value })
  }

  #pump(): void {
    const line = this.#line
    if (!line) return
    for (;;) {
      const room = WINDOW_POSITIONS - this.#journal.countUpTo(this.#sent)
      const positions = this.#journal.after(this.#sent, Math.min(room, REPORT_POSITIONS))
      if (room <= 0 || positions.length === 0) break
      this.#sent = Number(positions.at(-1)!.sequence)
      line.say({ case: 'report', value: create(PositionReportSchema, { positions }) })
    }
    if (this.#journal.countUpTo(this.#sent) > 0) this.#listenFor()
  }

  /** What is sent is answered; a line that stays silent is dead, whatever the phone's network believes. */
  #listenFor(): void {
    this.#silence ??= setTimeout(() => this.#cutter?.abort(), this.#options.silenceMs ?? 15_000)
  }

  async #pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#hurry = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#hurry = undefined
  }

  #set(changes: Partial<Told>): void {
    this.#state = { ...this.#state, ...changes }
    this.#changed()
  }

  #changed(): void {
    for (const watcher of this.#watchers) watcher()
    this.#watchers.clear()
    this.#options.onChange?.(this.state)
  }
}

function doorOf(tms: DriverTms, { way, as }: DriverOptions): Door {
  if (typeof way === 'object')
    return socketDoor(way.liveUrl, async () => ('tripId' in as ? tms.session.token() : undefined))
  const client = tms.client(TrackingService)
  return way === 'stream' ? streamDoor(client) : batchDoor(client)
}
