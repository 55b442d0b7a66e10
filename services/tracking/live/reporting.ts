import { Code, ConnectError } from '@connectrpc/connect'
import { anonymous, type Logger, reasonOf, type Session } from '#kit'
import { CloseCode } from '#gen/tms/tracking/v1/live_pb.ts'
import type { StreamPositionsRequest, StreamPositionsResponse } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import type { LiveSocket } from './socket.ts'

/** Takes the frames of one sender until they end, as StreamPositions does. */
export type Report = (
  session: Session,
  frames: AsyncIterable<StreamPositionsRequest>,
  signal: AbortSignal,
) => AsyncIterable<StreamPositionsResponse>

/** Frames that wait for ingest; a sender that does not wait for acknowledgements is not served. */
const MAX_WAITING = 64

/** The frames of a socket's sender, and what ends them. */
export type Reporting = { push(frame: StreamPositionsRequest): boolean; end(): void }

/** What takes reports, and knows who else is connected. */
type ReportingParts = {
  readonly report: Report
  readonly log: Logger
  readonly admit: (socket: LiveSocket, account: string) => boolean
}

/** Hands what a socket reports to ingest, and its answers back. */
export function startReporting(parts: ReportingParts, socket: LiveSocket): Reporting {
  const frames = queue<StreamPositionsRequest>()
  const ended = new AbortController()
  void answerReports(parts, socket, frames.items, ended.signal)
  return {
    push: (frame) => frames.size() < MAX_WAITING && frames.push(frame),
    end: () => {
      frames.end()
      ended.abort()
    },
  }
}

async function answerReports(
  { report, log, admit }: ReportingParts,
  socket: LiveSocket,
  frames: AsyncIterable<StreamPositionsRequest>,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const answer of report(socket.signedIn?.session ?? anonymous, frames, signal)) {
      // A device is known by its key alone.
      const opened = answer.frame.case === 'opened' && socket.account === undefined ? answer.frame.value : undefined
      if (opened && !admit(socket, `bus ${opened.busId}`)) {
        return socket.close(CloseCode.LIMIT_EXCEEDED, 'this bus has too many sockets open')
      }
      socket.say(0, { case: 'reported', value: answer })
    }
    socket.close(CloseCode.REPORT_REFUSED, 'there is nothing more to report')
  } catch (err) {
    refuse(socket, log, err)
  }
}

function refuse(socket: LiveSocket, log: Logger, err: unknown): void {
  const { code, rawMessage } = ConnectError.from(err)
  const reason = reasonOf(err)
  if (reason !== undefined && code !== Code.Internal && code !== Code.Unavailable) {
    return socket.close(CloseCode.REPORT_REFUSED, `${reason}, ${rawMessage}`)
  }
  // A socket that went away ends its reports by this too.
  if (socket.ws) log.warn({ err }, 'reports cannot be taken now')
  socket.close(CloseCode.TRY_AGAIN_LATER, 'reports cannot be taken right now')
}

/** What is put in at one end and taken out at the other. */
function queue<T>() {
  const items: T[] = []
  let isOver = false
  let ring: () => void = () => undefined
  return {
    size: () => items.length,
    push: (item: T) => {
      items.push(item)
      ring()
      return true
    },
    end: () => {
      isOver = true
      ring()
    },
    items: (async function* () {
      for (;;) {
        const item = items.shift()
        if (item !== undefined) yield item
        else if (isOver) return
        else await new Promise<void>((resolve) => (ring = resolve))
      }
    })(),
  }
}
