import type { Client } from '@connectrpc/connect'
import { create } from '@bufbuild/protobuf'
import type { OpenReporting, RejectedPosition } from '#gen/tms/tracking/v1/report_pb.ts'
import {
  type StreamPositionsRequest,
  StreamPositionsRequestSchema,
  type StreamPositionsResponse,
  type TrackingService,
} from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import type { PositionInit } from './world.ts'

type Opening = Pick<OpenReporting, 'recordingId'> & { readonly sender: OpenReporting['sender'] }

/** A phone with an open stream. */
export type Phone = {
  readonly opened: Extract<StreamPositionsResponse['frame'], { case: 'opened' }>['value']
  readonly rejected: readonly RejectedPosition[]
  /** Everything that came but acks and the opening. */
  readonly told: readonly StreamPositionsResponse['frame'][]
  readonly acked: () => number
  send(positions: readonly PositionInit[]): void
  shown(messageId: string): void
  /** Waits until something is true of what came. @throws the error that the stream ended with */
  until(condition: () => boolean): Promise<void>
  /** Says that nothing more comes, and waits for the end. */
  finish(): Promise<void>
  /** How the stream ended; undefined when by itself. */
  readonly ended: Promise<unknown>
  cut(): void
}

/** Opens a stream as a phone does. @throws when it is refused */
export async function openPhone(client: Client<typeof TrackingService>, open: Opening): Promise<Phone> {
  const outbox: StreamPositionsRequest[] = [frameOf({ case: 'open', value: open as OpenReporting })]
  let closed = false
  let wakeSender = () => {}
  let wakeWaiters: (() => void)[] = []
  const cutter = new AbortController()
  async function* frames() {
    for (;;) {
      yield* outbox.splice(0)
      if (outbox.length > 0) continue
      if (closed) return
      await new Promise<void>((resolve) => (wakeSender = resolve))
    }
  }
  const answers = client.streamPositions(frames(), { signal: cutter.signal })[Symbol.asyncIterator]()
  const first = await answers.next()
  const frame = first.done === true ? undefined : first.value.frame
  if (frame?.case !== 'opened') throw new Error('the stream was not opened')
  const rejected: RejectedPosition[] = []
  const told: StreamPositionsResponse['frame'][] = []
  let acked = Number(frame.value.durableSequence)
  let failure: Error | undefined
  let over = false
  const wake = () => {
    const waiters = wakeWaiters
    wakeWaiters = []
    for (const waiter of waiters) waiter()
  }
  const listen = async () => {
    try {
      for (let next = await answers.next(); next.done !== true; next = await answers.next()) {
        const said = next.value.frame
        if (said.case === 'ack') {
          acked = Number(said.value.sequence)
          rejected.push(...said.value.rejected)
        } else told.push(said)
        wake()
      }
    } catch (err) {
      failure = err instanceof Error ? err : new Error(String(err))
    }
    over = true
    wake()
    return failure
  }
  const ended = listen()
  const say = (request: StreamPositionsRequest['frame']) => {
    outbox.push(frameOf(request))
    wakeSender()
  }
  return {
    opened: frame.value,
    rejected,
    told,
    acked: () => acked,
    send: (positions) => say(reportOf(positions)),
    shown: (messageId) =>
      say(create(StreamPositionsRequestSchema, { frame: { case: 'messageShown', value: { messageId } } }).frame),
    until: async (condition) => {
      while (!condition()) {
        if (over) throw failure ?? new Error('the stream ended before')
        await new Promise<void>((resolve) => wakeWaiters.push(resolve))
      }
    },
    finish: async () => {
      closed = true
      wakeSender()
      const err = await ended
      if (err) throw err
    },
    ended,
    cut: () => cutter.abort(),
  }
}

function frameOf(frame: StreamPositionsRequest['frame']): StreamPositionsRequest {
  return create(StreamPositionsRequestSchema, { frame })
}

function reportOf(positions: readonly PositionInit[]): StreamPositionsRequest['frame'] {
  return create(StreamPositionsRequestSchema, { frame: { case: 'report', value: { positions: [...positions] } } }).frame
}
