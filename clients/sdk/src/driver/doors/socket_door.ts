import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { timestampMs } from '@bufbuild/protobuf/wkt'
import { Code, ConnectError } from '@connectrpc/connect'
import { ErrorInfoSchema } from '../../../../../gen/google/rpc/error_details_pb.ts'
import {
  ClientFrameSchema,
  CloseCode,
  ServerFrameSchema,
  type ServerFrame,
} from '../../../../../gen/tms/tracking/v1/live_pb.ts'
import type { StreamPositionsResponse } from '../../../../../gen/tms/tracking/v1/tracking_service_pb.ts'
import { Feed } from '../feed.ts'
import type { Door, Line } from './door.ts'

/** Signs in with this; undefined for a device, which has its key. */
export type TokenOf = () => Promise<string | undefined>

type Frame = NonNullable<MessageInitShape<typeof ClientFrameSchema>['frame']>

/** A token is replaced so long before it runs out. */
const RENEW_BEFORE_MS = 30_000

/** A WebSocket to a tracking node, for browsers. @param url e.g. `wss://live.tms.rw/live` */
export function socketDoor(url: string, tokenOf: TokenOf): Door {
  return (hello, signal) => {
    const answers = new Feed<StreamPositionsResponse>()
    const waiting: Frame[] = [{ case: 'report', value: { frame: { case: 'open', value: hello } } }]
    let isReady = false
    const socket = new WebSocket(url, ['tms.live.v1.protobuf'])
    socket.binaryType = 'arraybuffer'
    const send = (frame: Frame) => socket.send(toBinary(ClientFrameSchema, create(ClientFrameSchema, { frame })))
    const ready = () => {
      isReady = true
      for (const frame of waiting.splice(0)) send(frame)
    }
    const signIn = async () => {
      const token = await tokenOf()
      if (socket.readyState !== WebSocket.OPEN) return
      if (token !== undefined) send({ case: 'signIn', value: { token } })
      else ready()
    }
    const fail = (err: unknown) => {
      answers.end(ConnectError.from(err))
      socket.close()
    }
    let renewal: ReturnType<typeof setTimeout> | undefined
    const hear = ({ frame }: ServerFrame) => {
      if (frame.case === 'reported') answers.put(frame.value)
      else if (frame.case === 'draining') fail(unavailable('the node is being stopped'))
      else if (frame.case === 'signedIn') {
        clearTimeout(renewal)
        const { expireTime } = frame.value
        const untilMs = (expireTime ? timestampMs(expireTime) : Infinity) - RENEW_BEFORE_MS - Date.now()
        if (untilMs < 2 ** 31) renewal = setTimeout(() => void signIn().catch(fail), Math.max(untilMs, 1_000))
        ready()
      }
    }
    socket.addEventListener('open', () => void signIn().catch(fail))
    socket.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => {
      hear(fromBinary(ServerFrameSchema, new Uint8Array(data)))
    })
    socket.addEventListener('close', ({ code, reason }) => {
      clearTimeout(renewal)
      answers.end(errorOf(code, reason))
    })
    signal.addEventListener('abort', () => fail(unavailable('given up')), { once: true })
    const say: Line['say'] = (said) => {
      const frame: Frame = { case: 'report', value: { frame: said } }
      if (!isReady) waiting.push(frame)
      else if (socket.readyState === WebSocket.OPEN) send(frame)
    }
    return { say, answers }
  }
}

const unavailable = (message: string) => new ConnectError(message, Code.Unavailable)

/** What a call would have been refused with. */
function errorOf(code: number, text: string): ConnectError {
  const refused = [CloseCode.REPORT_REFUSED, CloseCode.SIGN_IN_REFUSED].some((one) => one === code)
  const reason = /: ([A-Z_]+), /.exec(text)?.[1]
  if (!refused || reason === undefined) return unavailable(`the socket closed: ${code} ${text}`)
  const kind = [CloseCode.SIGN_IN_REFUSED].some((one) => one === code) ? Code.Unauthenticated : Code.PermissionDenied
  return new ConnectError(text, kind, undefined, [{ desc: ErrorInfoSchema, value: { reason, domain: 'tracking' } }])
}
