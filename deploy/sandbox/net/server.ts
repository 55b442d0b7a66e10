import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Handler, Incoming, Reply } from './router.ts'

const BODY_LIMIT = 1024 * 1024

/** The sandbox's one HTTP port, which can also be closed for a while: a provider whose connections are refused. */
export type HttpPort = {
  readonly port: number
  readonly close: () => Promise<void>
  readonly reopen: () => Promise<void>
}

/** @throws {Error} one sentence, when the port is taken. */
export async function openHttpPort(host: string, port: number, handler: Handler): Promise<HttpPort> {
  const server = createServer((request, response) => void serve(request, response, handler))
  server.keepAliveTimeout = 60_000
  await listen(server, host, port)
  const bound = (server.address() as AddressInfo).port
  return {
    port: bound,
    close: () => close(server),
    reopen: async () => {
      if (!server.listening) await listen(server, host, bound)
    },
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(takenPort(error, port, 'SANDBOX_PORT'))
    server.once('error', fail)
    server.listen(port, host, () => {
      server.off('error', fail)
      resolve()
    })
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

/** Turns "address in use" into a sentence that says what to do; other errors stay themselves. */
export function takenPort(error: Error, port: number, setting: string): Error {
  if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') return error
  return new Error(`Port ${port} is taken: stop the program that uses it, or choose another with ${setting}.`)
}

async function serve(request: IncomingMessage, response: ServerResponse, handler: Handler): Promise<void> {
  const body = await bodyOf(request).catch(() => undefined)
  if (!body) return void response.destroy() // the client left while it was still sending
  if (body === 'too-large') return write(response, { status: 413, body: 'Payload Too Large' })
  try {
    write(response, await handler(incoming(request, body)))
  } catch (error) {
    // A fault of the sandbox itself: say it where the developer looks, in the answer.
    write(response, { status: 500, body: `sandbox fault: ${error instanceof Error ? error.stack : String(error)}` })
  }
}

function incoming(request: IncomingMessage, body: Buffer): Incoming {
  const [path = '/', query] = (request.url ?? '/').split('?', 2)
  return {
    method: request.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    headers: request.headers,
    body,
    params: {},
  }
}

/** Reads to the end even when it is too much, so that the client hears the answer. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | 'too-large'> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= BODY_LIMIT) chunks.push(chunk)
  }
  if (size > BODY_LIMIT) return 'too-large'
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
}

function write(response: ServerResponse, reply: Reply): void {
  if (reply === 'hang') return
  if (reply === 'reset') return void response.destroy()
  if ('stream' in reply) return reply.stream(response)
  response.writeHead(reply.status, { ...reply.headers, 'content-length': Buffer.byteLength(reply.body ?? '') })
  response.end(reply.body)
}
