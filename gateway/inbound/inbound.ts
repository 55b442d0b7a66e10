import { Code, ConnectError } from '@connectrpc/connect'
import { type Logger, SERVICE_TOKEN } from '#kit'
import { answer, answerJson, isGone, pathOf, type Req, type Res } from '../edge/http.ts'
import { readBody, TooLarge } from './body.ts'

/** A provider's request, as it came. */
export type InboundRequest = {
  readonly provider: string
  readonly pathToken: string
  readonly headers: Record<string, string>
  readonly body: Uint8Array<ArrayBuffer>
  readonly sourceAddress: string
}

/** What the provider is answered. */
export type InboundResponse = { readonly httpStatus: number; readonly contentType: string; readonly body: Uint8Array }

/** Who takes in what providers send. */
export type InboundReceivers = {
  readonly payment: (request: InboundRequest) => Promise<InboundResponse>
  readonly notification: (request: InboundRequest) => Promise<InboundResponse>
}

/** Takes in a request below `/inbound/`. */
export type ReceiveInbound = (req: Req, res: Res, address: string) => Promise<void>

const largestBody = 65_536
const bodyTimeoutMs = 10_000
const mostHeaders = 64
const largestHeader = 8_192

/**
 * Hands on what providers call back with: `/inbound/<provider>/<path_token>` to payment,
 * `/inbound/sms/<provider>/<path_token>` to notification.
 *
 * The gateway believes nothing and understands nothing of it: bytes, headers and address go on as they came. When the
 * receiver is away the provider hears 503, and sends again as its own rules say.
 */
export function inboundReceiver(receivers: InboundReceivers, log: Logger): ReceiveInbound {
  return async (req, res, address) => {
    const found = /^\/inbound\/(sms\/)?([a-z][a-z0-9-]{0,31})\/([\w.~-]{1,128})$/.exec(pathOf(req))
    if (!found) return answerJson(res, 404, { message: 'no such callback' })
    if (req.method !== 'POST' && req.method !== 'PUT') return answerJson(res, 405, { message: 'POST or PUT' })
    const [, sms, provider = '', pathToken = ''] = found
    try {
      const body = await readBody(req, largestBody, bodyTimeoutMs)
      const receive = sms ? receivers.notification : receivers.payment
      const reply = await receive({ provider, pathToken, headers: headersOf(req), body, sourceAddress: address })
      if (!isGone(res)) answer(res, reply.httpStatus, reply.contentType || 'text/plain', reply.body)
    } catch (err) {
      refuse(res, err, log.child({ provider }))
    }
  }
}

function refuse(res: Res, err: unknown, log: Logger): void {
  if (isGone(res)) return
  if (err instanceof TooLarge) return answerJson(res, 413, { message: err.message })
  const { code } = ConnectError.from(err)
  if (code === Code.NotFound) return answerJson(res, 404, { message: 'no such callback' })
  if (code === Code.InvalidArgument) return answerJson(res, 400, { message: 'this cannot be read' })
  log.warn({ err }, 'a callback could not be handed on')
  res.setHeader('retry-after', '5')
  answerJson(res, 503, { message: 'try again' })
}

function headersOf(req: Req): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(req.headers).slice(0, mostHeaders)) {
    if (name.startsWith(':') || name === SERVICE_TOKEN || value === undefined) continue
    headers[name] = value.toString().slice(0, largestHeader)
  }
  return headers
}
