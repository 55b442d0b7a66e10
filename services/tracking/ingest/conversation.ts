import { create, type MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { DuplexCall, DuplexReader, OpenDuplex } from '#kit'
import type { OpenReporting } from '#gen/tms/tracking/v1/report_pb.ts'
import {
  type StreamPositionsRequest,
  type StreamPositionsResponse,
  StreamPositionsResponseSchema,
} from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { noteShown } from '../store/instructions.ts'
import { ackToProto, messageToProto, secondsToProto } from '../wire/acks.ts'
import { readReport } from '../wire/position_reader.ts'
import { type Ingest, ingestOf } from './ingest.ts'
import type { Door, Reporting } from './reporting.ts'

type Call = DuplexCall<StreamPositionsResponse>
type Said = NonNullable<MessageInitShape<typeof StreamPositionsResponseSchema>['frame']>

/** A sender who had to wait may bring so many frames with him: what is shown of a bus together costs less. */
const MOST_AT_ONCE = 8

/** Talks with one sender, by whatever door its frames come; refuses as StreamPositions says. */
export const converseWith =
  (ctx: Ctx): OpenDuplex<StreamPositionsRequest, StreamPositionsResponse> =>
  (call) =>
    new Conversation(ctx, call)

class Conversation implements DuplexReader<StreamPositionsRequest> {
  readonly #ctx: Ctx
  readonly #ingest: Ingest
  readonly #call: Call
  readonly #left = new AbortController()
  #reporting: Reporting | undefined
  /** What must be over before the next frame is taken. */
  #busy: Promise<void> | undefined
  #turns = 0

  constructor(ctx: Ctx, call: Call) {
    this.#ctx = ctx
    this.#ingest = ingestOf(ctx)
    this.#call = call
  }

  isReady(resume: () => void): boolean {
    const wait = this.#busy ?? this.#reporting?.room()
    if (wait) {
      void wait.then(resume)
      return false
    }
    if (this.#turns === 0) return this.#ingest.pass(() => this.#turn(resume))
    this.#turns -= 1
    this.#ingest.countTurn()
    return true
  }

  take({ frame }: StreamPositionsRequest): void {
    if (this.#left.signal.aborted) return
    const reporting = this.#reporting
    if (!reporting) {
      if (frame.case !== 'open') throw refuse('FRAME_UNEXPECTED', 'the first frame must open the stream')
      this.#do(this.#open(frame.value))
    } else if (frame.case === 'report') reporting.take(frame.value.positions)
    else if (frame.case === 'messageShown') this.#do(this.#shown(reporting, frame.value.messageId))
    else throw refuse('FRAME_UNEXPECTED', 'the stream is open already')
  }

  takeBytes(bytes: Uint8Array): boolean {
    const reporting = this.#reporting
    const samples = reporting && readReport(bytes)
    if (!samples) return false
    reporting.takeSamples(samples)
    return true
  }

  finish(): void {
    if (!this.#reporting) throw refuse('FRAME_UNEXPECTED', 'the first frame must open the stream')
    this.#do(this.#tellRest(this.#reporting))
  }

  leave(): void {
    this.#left.abort()
    if (this.#reporting) this.#ingest.close(this.#reporting)
  }

  #turn(resume: () => void): void {
    this.#turns = MOST_AT_ONCE
    resume()
    // Whoever takes his frame later has his turn still.
    this.#turns = this.#turns === MOST_AT_ONCE ? 1 : 0
  }

  /** Takes no frame before this is done; when it fails, the stream ends. */
  #do(work: Promise<void>): void {
    const done = () => (this.#busy = undefined)
    this.#busy = work.catch((err: unknown) => this.#call.end(err)).then(done)
  }

  async #open(open: OpenReporting): Promise<void> {
    const { signal } = this.#left
    const reporting = await this.#ingest.open(open, this.#call.session, this.#door(), signal)
    if (signal.aborted) return this.#ingest.close(reporting)
    this.#reporting = reporting
    const { sender, settledSequence } = reporting
    this.#say({
      case: 'opened',
      value: {
        durableSequence: BigInt(settledSequence),
        busId: sender.busId,
        tripId: sender.tripId ?? '',
        reportInterval: secondsToProto(sender.intervalSeconds),
        serverTime: timestampFromDate(this.#ctx.clock.now()),
      },
    })
    void this.#ingest.welcome(reporting)
  }

  #door(): Door {
    return {
      acknowledge: (ack) => this.#say({ case: 'ack', value: ackToProto(ack) }),
      isFull: () => this.#call.isFull(),
      tripChanged: (tripId = '') => this.#say({ case: 'tripId', value: tripId }),
      intervalChanged: (seconds) => this.#say({ case: 'reportInterval', value: secondsToProto(seconds) }),
      message: (note) => this.#say({ case: 'message', value: messageToProto(note) }),
      end: (why) => this.#call.end(why),
    }
  }

  #say(frame: Said): void {
    this.#call.send(create(StreamPositionsResponseSchema, { frame }))
  }

  async #shown({ sender }: Reporting, messageId: string): Promise<void> {
    const { tenantId, tripId } = sender
    if (tripId === undefined) return
    const { db, clock } = this.#ctx
    await db.transaction((tx) => noteShown(tx, tripId, messageId, clock.now()), { tenantId })
  }

  /** The sender said its last: it is told what became of all of it. */
  async #tellRest(reporting: Reporting): Promise<void> {
    await reporting.quiet()
    this.#say({ case: 'ack', value: ackToProto(reporting.takeAck()) })
    this.#call.end()
  }
}
