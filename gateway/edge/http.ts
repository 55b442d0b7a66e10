import type http from 'node:http'
import http2 from 'node:http2'

/** A request of either HTTP version. */
export type Req = http.IncomingMessage | http2.Http2ServerRequest

/** Its response. */
export type Res = http.ServerResponse | http2.Http2ServerResponse

/** Hands a request on to whoever answers it. */
export type Handle = (req: Req, res: Res) => void

/** One value of a header; undefined when it is absent or came more than once as a list. */
export function headerOf(req: Req, name: string): string | undefined {
  const value = req.headers[name]
  return typeof value === 'string' ? value : undefined
}

/** The path of a request without its query. */
export function pathOf(req: Req): string {
  const url = req.url ?? '/'
  const query = url.indexOf('?')
  return query < 0 ? url : url.slice(0, query)
}

/** Whether the caller went away: nothing that is answered would arrive. */
export function isGone(res: Res): boolean {
  return res.writableEnded || ('stream' in res ? res.stream.destroyed : res.destroyed)
}

/** Ends a response in a way that its caller cannot take for an answer, whole or empty. */
export function breakOff(res: Res, code: number = http2.constants.NGHTTP2_INTERNAL_ERROR): void {
  if ('stream' in res) res.stream.close(code)
  else res.destroy()
}

/** Answers with a whole small body. */
export function answer(res: Res, status: number, contentType: string, body: string | Uint8Array): void {
  res.setHeader('content-type', contentType)
  res.setHeader('cache-control', 'no-store')
  res.statusCode = status
  // The two versions declare `end` apart, though both take text and bytes.
  ;(res as http.ServerResponse).end(body)
}

/** Answers with JSON. */
export function answerJson(res: Res, status: number, body: unknown): void {
  answer(res, status, 'application/json', JSON.stringify(body))
}
