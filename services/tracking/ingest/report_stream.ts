import { Code, ConnectError } from '@connectrpc/connect'
import { create } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Session } from '#kit'
import {
  type StreamPositionsRequest,
  type StreamPositionsResponse,
  StreamPositionsResponseSchema,
} from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { ingestOf } from './ingest.ts'
import { Mailbox } from './mailbox.ts'
import type { Door, Reporting } from './reporting.ts'
import { noteShown } from '../store/instructions.ts'
import { ackToProto, messageToProto, secondsToProto } from '../wire/acks.ts'

type Said = StreamPositionsResponse['frame']

/** Acks that a sender does not read are held back and put together. */
const MOST_UNREAD = 4

/**
 * Takes the frames of one sender until they end or the signal says so, by whatever door they come, and answers them.
 *
 * @throws {ConnectError} as StreamPositions says
 */
export async function* reportStream(
  ctx: Ctx,
  session: Session,
  requests: AsyncIterable<StreamPositionsRequest>,
  signal: AbortSignal,
): AsyncGenerator<StreamPositionsResponse> {
  const frames = requests[Symbol.asyncIterator]()
  const first = await frames.next()
  const open = first.done === true ? undefined : first.value.frame
  if (open?.case !== 'open') throw refuse('FRAME_UNEXPECTED', 'the first frame must open the stream')
  const mailbox = new Mailbox<StreamPositionsResponse>()
  const ingest = ingestOf(ctx)
  const reporting = await ingest.open(open.value, session, doorOf(mailbox), signal)
  const leave = () => mailbox.end()
  signal.addEventListener('abort', leave, { once: true })
  if (signal.aborted) leave()
  try {
    yield opened(ctx, reporting)
    void ingest.welcome(reporting)
    void read(ctx, reporting, frames).then(
      () => finish(reporting, mailbox),
      (err: unknown) => mailbox.end(err instanceof Error ? err : new Error(String(err))),
    )
    yield* mailbox
  } finally {
    signal.removeEventListener('abort', leave)
    ingest.close(reporting)
  }
}

function doorOf(mailbox: Mailbox<StreamPositionsResponse>): Door {
  const say = (frame: Said) => mailbox.put(create(StreamPositionsResponseSchema, { frame }))
  return {
    acknowledge: (ack) => mailbox.put(ackFrame(ack)),
    isFull: () => mailbox.size >= MOST_UNREAD,
    tripChanged: (tripId = '') => say({ case: 'tripId', value: tripId }),
    intervalChanged: (seconds) =>
      mailbox.put(
        create(StreamPositionsResponseSchema, { frame: { case: 'reportInterval', value: secondsToProto(seconds) } }),
      ),
    message: (note) =>
      mailbox.put(create(StreamPositionsResponseSchema, { frame: { case: 'message', value: messageToProto(note) } })),
    end: (why) => mailbox.end(why),
  }
}

function ackFrame(ack: Parameters<Door['acknowledge']>[0]): StreamPositionsResponse {
  return create(StreamPositionsResponseSchema, { frame: { case: 'ack', value: ackToProto(ack) } })
}

function opened({ clock }: Ctx, { sender, settledSequence }: Reporting): StreamPositionsResponse {
  return create(StreamPositionsResponseSchema, {
    frame: {
      case: 'opened',
      value: {
        durableSequence: BigInt(settledSequence),
        busId: sender.busId,
        tripId: sender.tripId ?? '',
        reportInterval: secondsToProto(sender.intervalSeconds),
        serverTime: timestampFromDate(clock.now()),
      },
    },
  })
}

/** Takes frames until the sender has no more, and none while there is no room for what it sends. */
async function read(ctx: Ctx, reporting: Reporting, frames: AsyncIterator<StreamPositionsRequest>): Promise<void> {
  const ingest = ingestOf(ctx)
  for (;;) {
    const turn = ingest.turn()
    if (turn) await turn
    const next = await nextOf(frames)
    if (next.done === true) return
    const { frame } = next.value
    if (frame.case === 'report') reporting.take(frame.value.positions)
    else if (frame.case === 'messageShown') await shown(ctx, reporting, frame.value.messageId)
    else throw refuse('FRAME_UNEXPECTED', 'the stream is open already')
    const room = reporting.room()
    if (room) await room
  }
}

/** A connection that breaks is the sender's affair; what a frame is refused for is not. */
async function nextOf(frames: AsyncIterator<StreamPositionsRequest>): Promise<IteratorResult<StreamPositionsRequest>> {
  try {
    return await frames.next()
  } catch (err) {
    throw err instanceof ConnectError ? err : new ConnectError('the sender went away', Code.Canceled)
  }
}

async function shown({ db, clock }: Ctx, { sender }: Reporting, messageId: string): Promise<void> {
  const { tenantId, tripId } = sender
  if (tripId === undefined) return
  await db.transaction((tx) => noteShown(tx, tripId, messageId, clock.now()), { tenantId })
}

/** The sender said its last: it is told what became of all of it. */
async function finish(reporting: Reporting, mailbox: Mailbox<StreamPositionsResponse>): Promise<void> {
  await reporting.quiet()
  mailbox.put(ackFrame(reporting.takeAck()))
  mailbox.end()
}
