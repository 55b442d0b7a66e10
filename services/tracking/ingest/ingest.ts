import { refuseCall, type Session } from '#kit'
import type { OpenReporting } from '#gen/tms/tracking/v1/report_pb.ts'
import type { Ctx } from '../context.ts'
import { ALWAYS, dutyOf } from '../domain/duty.ts'
import type { Sample } from '../domain/sample.ts'
import { refuse } from '../errors.ts'
import { reportingsOpen } from '../metrics.ts'
import { openSender } from '../steps/open_sender.ts'
import { historyIn } from '../store/history.ts'
import { unshownMessages } from '../store/instructions.ts'
import { supervisorOf } from '../supervise/supervisor.ts'
import { type Standing, standingsOf } from '../store/recordings.ts'
import { Anteroom } from './anteroom.ts'
import { HistoryWriter } from './history_writer.ts'
import { type Orders, openOrders } from './orders.ts'
import { Publisher } from './publisher.ts'
import { type Door, Reporting, type Sender, type Sinks } from './reporting.ts'
import { Turnstile } from './turnstile.ts'

/** How long a stopping process waits for the disk and for Redis. What is not on disk then is sent again by its senders. */
const DRAIN_MS = 2_000

/** The one path of all positions, whatever door they come by: judged, kept, shown. */
export class Ingest {
  readonly #ctx: Ctx
  readonly #sinks: Sinks
  readonly #reportings = new Map<string, Reporting>()
  readonly #anteroom = new Anteroom()
  readonly #turnstile = new Turnstile()
  #orders: Orders | undefined
  #recheckTimer: NodeJS.Timeout | undefined
  #rechecking: Promise<void> | undefined
  #again = false
  #stopped = false

  constructor(ctx: Ctx) {
    const { settings } = ctx
    this.#ctx = ctx
    this.#sinks = {
      history: new HistoryWriter(historyIn(ctx.db), ctx.log),
      publisher: new Publisher(ctx),
      supervisor: supervisorOf(ctx),
      limits: {
        maxAheadMs: settings.maxAheadSeconds * 1_000,
        maxAgeMs: settings.maxAgeHours * 3_600_000,
        maxAccuracyMeters: settings.maxAccuracyMeters,
        maxSpeedMetersPerSecond: settings.maxSpeedKmh / 3.6,
      },
      now: () => ctx.clock.now().getTime(),
    }
  }

  /** Begins to look after open reportings. */
  start(): void {
    this.#orders = openOrders(this.#ctx, () => void this.recheck())
    this.#recheckTimer = setInterval(() => void this.recheck(), this.#ctx.settings.recheckSeconds * 1_000)
  }

  /**
   * Lets a sender report. Another one who reports the same recording is ended: the sender came back by a new connection.
   *
   * @param signal says that he went away
   * @throws {ConnectError} when he may not; see StreamPositions
   */
  async open(open: OpenReporting, session: Session, door: Door, signal?: AbortSignal): Promise<Reporting> {
    return this.#anteroom.enter(signal, () => this.#open(open, session, door))
  }

  async #open(open: OpenReporting, session: Session, door: Door): Promise<Reporting> {
    if (this.#stopped) throw shuttingDown()
    const { recordingId } = open
    // What an older stream of the recording gave is on disk before it is asked what is there.
    await this.#replace(recordingId)
    const { sender, last } = await openSender(this.#ctx, open, session)
    await this.#replace(recordingId)
    if (this.#stopped) throw shuttingDown()
    const reporting = new Reporting(sender, last, door, this.#sinks)
    this.#reportings.set(recordingId, reporting)
    reportingsOpen.set(this.#reportings.size)
    return reporting
  }

  /** Lets a sender report that nobody can be told anything of, and whose right is looked at elsewhere: a vehicle of a feed. */
  hear(sender: Sender, last: Sample | undefined): Reporting {
    return new Reporting(sender, last, DEAF, this.#sinks)
  }

  /** Asked before each frame that is taken: whether it may be taken at once; when not, `go` is called when it may. */
  pass(go: () => void): boolean {
    return this.#turnstile.pass(go)
  }

  /** Told of each frame that somebody takes whose turn it is. */
  countTurn(): void {
    this.#turnstile.count()
  }

  /** Ends a reporting; what it took is written all the same. */
  close(reporting: Reporting): void {
    reporting.close()
    const { recordingId } = reporting.sender
    if (this.#reportings.get(recordingId) === reporting) this.#reportings.delete(recordingId)
    reportingsOpen.set(this.#reportings.size)
  }

  /** Tells a sender that just opened what was written to him before. */
  async welcome(reporting: Reporting): Promise<void> {
    await this.#tell([reporting]).catch((err: unknown) => {
      this.#ctx.log.warn({ err }, 'messages to a driver could not be read; they are told later')
    })
  }

  /** Tells every process to look after its senders now. */
  async announce(): Promise<void> {
    await Promise.all([this.#orders?.announce(), this.recheck()])
  }

  /** Looks whether open reportings may go on, and what their senders are to be told. Calls that overlap share one look. */
  async recheck(): Promise<void> {
    if (this.#rechecking) {
      this.#again = true
      return this.#rechecking
    }
    this.#rechecking = this.#recheckAll()
      .catch((err: unknown) => this.#ctx.log.warn({ err }, 'open reportings could not be looked after'))
      .finally(() => (this.#rechecking = undefined))
    return this.#rechecking
  }

  /** Takes no more, and ends when what was taken is on disk. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearInterval(this.#recheckTimer)
    this.#orders?.close()
    const drained = Promise.all([this.#sinks.history.flush(), this.#sinks.publisher.flush()])
    let timer: NodeJS.Timeout | undefined
    await Promise.race([drained, new Promise((resolve) => (timer = setTimeout(resolve, DRAIN_MS)))])
    clearTimeout(timer)
    this.#sinks.publisher.close()
    for (const reporting of [...this.#reportings.values()]) {
      reporting.door.acknowledge(reporting.takeAck())
      this.#end(reporting, shuttingDown())
    }
  }

  async #replace(recordingId: string): Promise<void> {
    const before = this.#reportings.get(recordingId)
    if (!before) return
    this.#end(before, refuse('REPORTING_REPLACED', 'another stream goes on with this recording'))
    await before.quiet()
  }

  #end(reporting: Reporting, why: Error): void {
    this.close(reporting)
    reporting.door.end(why)
  }

  async #recheckAll(): Promise<void> {
    do {
      this.#again = false
      await this.#recheckOnce()
    } while (this.#again)
  }

  async #recheckOnce(): Promise<void> {
    if (this.#reportings.size === 0) return
    const { system } = this.#ctx.db
    // Senders of all companies are here.
    const standings = await standingsOf(system, [...this.#reportings.keys()])
    for (const standing of standings) this.#apply(standing)
    await this.#tell([...this.#reportings.values()])
  }

  /** Tells drivers what was written to them and not shown yet. */
  async #tell(reportings: readonly Reporting[]): Promise<void> {
    const drivers = reportings.filter(({ sender }) => sender.source === 'DRIVER')
    if (drivers.length === 0) return
    const byTrip = new Map(drivers.map((reporting) => [reporting.sender.tripId ?? '', reporting]))
    const messages = await unshownMessages(this.#ctx.db.system, [...byTrip.keys()])
    for (const message of messages) byTrip.get(message.tripId)?.tell(message)
  }

  #apply(standing: Standing): void {
    const reporting = this.#reportings.get(standing.recordingId)
    if (!reporting) return
    const duty = standing.trip ? dutyOf({ ...standing.trip }) : ALWAYS
    if (!duty) return this.#end(reporting, refuse('TRIP_CLOSED', 'this trip was cancelled'))
    if (!standing.allowed) return this.#end(reporting, refuse('NOT_ASSIGNED', 'you may report for this bus no longer'))
    reporting.change({
      tripId: standing.tripId,
      duty,
      intervalSeconds: standing.intervalSeconds ?? this.#ctx.settings.reportIntervalSeconds,
    })
  }
}

const nothing = () => undefined
const DEAF: Door = {
  acknowledge: nothing,
  isFull: () => false,
  tripChanged: nothing,
  intervalChanged: nothing,
  message: nothing,
  end: nothing,
}

function shuttingDown() {
  return refuseCall('SHUTTING_DOWN', 'this process is being stopped; open again')
}

const ingests = new WeakMap<Ctx['db'], Ingest>()

/** The ingest of a running service; the same for all its doors. */
export function ingestOf(ctx: Ctx): Ingest {
  const known = ingests.get(ctx.db)
  if (known) return known
  const made = new Ingest(ctx)
  ingests.set(ctx.db, made)
  return made
}
