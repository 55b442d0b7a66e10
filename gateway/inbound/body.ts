import type { IncomingMessage } from 'node:http'
import { Code, ConnectError } from '@connectrpc/connect'
import type { Req } from '../edge/http.ts'

/** A body has more bytes than it may have. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge'
}

/**
 * Reads a whole small body.
 *
 * @throws {TooLarge} when it has more than `maxBytes`.
 * @throws {ConnectError} DEADLINE_EXCEEDED when it has not come in time, CANCELED when the sender went away.
 */
export async function readBody(req: Req, maxBytes: number, timeoutMs: number): Promise<Uint8Array<ArrayBuffer>> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array<ArrayBuffer>>()
  const chunks: Buffer[] = []
  let size = 0
  const timer = setTimeout(() => {
    reject(new ConnectError('the body did not come in time', Code.DeadlineExceeded))
  }, timeoutMs)
  // Both versions of HTTP emit the same events, declared apart.
  const body = req as IncomingMessage
  body.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > maxBytes) reject(new TooLarge(`a body may have ${maxBytes} bytes at most`))
    else chunks.push(chunk)
  })
  body.once('end', () => {
    resolve(new Uint8Array(Buffer.concat(chunks)))
  })
  body.once('close', () => {
    reject(new ConnectError('the sender went away', Code.Canceled))
  })
  try {
    return await promise
  } finally {
    clearTimeout(timer)
  }
}
