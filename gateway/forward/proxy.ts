import http2 from 'node:http2'
import type http from 'node:http'
import type { ConnectError } from '@connectrpc/connect'
import { refuseCall } from '#kit'
import { tooLarge } from './body_limit.ts'
import { breakOff, isGone, type Req, type Res } from '../edge/http.ts'
import type { SessionPool } from './pool.ts'

/** What holds for one exchange. */
export type ExchangeOptions = {
  readonly pool: SessionPool
  /** Bytes that the request may have; undefined for streams, whose messages are measured where they are read. */
  readonly maxRequestBytes: number | undefined
  /** How long the peer may take to begin its answer; undefined for streams. */
  readonly timeoutMs: number | undefined
}

/** The peer could not be reached, or went away before it began to answer. */
export class PeerDown extends Error {
  override readonly name = 'PeerDown'
}

const { NGHTTP2_CANCEL, NGHTTP2_NO_ERROR, NGHTTP2_INTERNAL_ERROR } = http2.constants

/** Headers that belong to one connection and not to the request (RFC 9110, section 7.6.1), or that HTTP/2 writes otherwise. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'host',
  'trailer',
])

/**
 * Sends a request to a peer as it came and its answer back as it comes: bytes, headers and trailers, nothing decoded.
 *
 * Either side may stop the other; what one side cannot take holds up the other. Resolves when the peer has begun to
 * answer; the rest flows by itself.
 *
 * @throws {PeerDown} when no answer came and none was begun: the caller of this function still has to answer.
 * @throws {ConnectError} RESOURCE_EXHAUSTED or DEADLINE_EXCEEDED, likewise.
 */
export async function exchange(req: Req, res: Res, options: ExchangeOptions): Promise<void> {
  const upstream = await opened(req, options.pool)
  if (isGone(res)) return upstream.close(NGHTTP2_CANCEL)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const giveUp = (reason: PeerDown | ConnectError) => {
    upstream.close(NGHTTP2_CANCEL)
    reject(reason)
  }
  const timer = options.timeoutMs === undefined ? undefined : deadline(options.timeoutMs, giveUp)
  upstream.once('response', (headers, flags) => {
    clearTimeout(timer)
    sendBack(upstream, res, headers, (flags & http2.constants.NGHTTP2_FLAG_END_STREAM) !== 0)
    resolve()
  })
  upstream.on('error', () => {
    // Told by 'close', which always follows.
  })
  upstream.once('close', () => {
    clearTimeout(timer)
    // An error costs its stack: none is made for the calls that went well, which are nearly all.
    if (!res.headersSent) reject(new PeerDown(`the peer closed the stream with code ${upstream.rstCode}`))
    // The caller must not take the half of an answer for the whole.
    else if (!res.writableEnded) breakOff(res, upstream.rstCode || NGHTTP2_INTERNAL_ERROR)
  })
  res.once('close', () => {
    resolve() // the caller went away: that is no fault of the peer
    if (!upstream.closed) upstream.close(NGHTTP2_CANCEL)
  })
  sendOn(req, upstream, options.maxRequestBytes, giveUp)
  return promise
}

async function opened(req: Req, pool: SessionPool): Promise<http2.ClientHttp2Stream> {
  try {
    return await pool.open(requestHeaders(req))
  } catch (err) {
    throw new PeerDown('the peer cannot be reached', { cause: err })
  }
}

function requestHeaders(req: Req): http2.OutgoingHttpHeaders {
  const headers: http2.OutgoingHttpHeaders = { ':method': req.method ?? 'POST', ':path': req.url ?? '/' }
  for (const name in req.headers) {
    if (name.startsWith(':') || hopByHop.has(name)) continue
    headers[name] = req.headers[name]
  }
  // HTTP/2 allows no other value; gRPC asks for this one to learn of proxies that drop trailers.
  if (headers['te'] !== undefined) headers['te'] = 'trailers'
  return headers
}

/** The timer is a little late, so that the peer, which knows the same deadline, can say so itself. */
function deadline(timeoutMs: number, giveUp: (reason: ConnectError) => void): NodeJS.Timeout {
  return setTimeout(() => {
    giveUp(refuseCall('DEADLINE_EXCEEDED', 'the time for this call ran out'))
  }, timeoutMs + 250)
}

function sendOn(
  req: Req,
  upstream: http2.ClientHttp2Stream,
  maxBytes = Number.POSITIVE_INFINITY,
  giveUp: (reason: ConnectError) => void,
): void {
  let bytes = 0
  const body = req as http.IncomingMessage
  body.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > maxBytes) return giveUp(tooLarge(maxBytes))
    if (upstream.writable && !upstream.write(chunk)) body.pause()
  })
  body.once('end', () => {
    upstream.end()
  })
  upstream.on('drain', () => {
    body.resume()
  })
}

function sendBack(
  upstream: http2.ClientHttp2Stream,
  res: Res,
  { ':status': status = 502, ...headers }: http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader,
  isAll: boolean,
): void {
  // The two versions of HTTP declare the same methods with different types.
  const out = res as http.ServerResponse
  out.statusCode = status
  for (const name in headers) if (!hopByHop.has(name)) out.setHeader(name, headers[name] ?? '')
  // Headers that end the stream must go out as such: a gRPC client takes them for the trailers.
  if (isAll) {
    out.end()
    return void upstream.resume()
  }
  out.writeHead(status)
  upstream.on('data', (chunk: Buffer) => {
    if (!out.write(chunk)) upstream.pause()
  })
  out.on('drain', () => {
    upstream.resume()
  })
  upstream.once('trailers', (trailers) => {
    out.addTrailers(trailers as Record<string, string>)
  })
  upstream.once('end', () => {
    if (upstream.rstCode === NGHTTP2_NO_ERROR) out.end()
  })
}
