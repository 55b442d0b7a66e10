import { Agent as HttpAgent, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { Clock } from '../world/settings.ts'

/** Sends callbacks and reports outwards, over connections that are kept for the next one. */
export type Poster = {
  /** @returns the HTTP status, or the error code when there is none; never rejects. */
  post(url: string, contentType: string, body: string, options?: PostOptions): Promise<PostResult>
  stop(): void
}

/** What differs from an ordinary post. */
export type PostOptions = {
  readonly method?: 'POST' | 'PUT'
  readonly headers?: Readonly<Record<string, string>>
}

export type PostResult = { readonly time: Date; readonly result: number | string; readonly body: string }

/** Safaricom gives a callback URL a few seconds; who does not answer in ten has not got it. */
const TIMEOUT_MS = 10_000
const BODY_LIMIT = 64 * 1024

export function startPoster(clock: Clock): Poster {
  const options = { keepAlive: true, maxSockets: 64, scheduling: 'lifo' } as const
  const http = new HttpAgent(options)
  const https = new HttpsAgent(options)

  const post: Poster['post'] = (url, contentType, body, { method = 'POST', headers: further } = {}) =>
    new Promise((resolve) => {
      const done = (result: number | string, text = '') => resolve({ time: clock.now(), result, body: text })
      const headers = { ...further, 'content-type': contentType, 'content-length': Buffer.byteLength(body) }
      const secure = url.startsWith('https:')
      const send = secure ? httpsRequest : httpRequest
      const request = send(url, { method, agent: secure ? https : http, headers, timeout: TIMEOUT_MS })
      request.on('timeout', () => request.destroy(Object.assign(new Error('no answer'), { code: 'timeout' })))
      request.on('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message))
      request.on('response', (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => (text = (text + chunk).slice(0, BODY_LIMIT)))
        response.on('end', () => done(response.statusCode ?? 0, text))
        response.on('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message))
      })
      request.end(body)
    })

  return {
    post,
    stop: () => {
      http.destroy()
      https.destroy()
    },
  }
}
