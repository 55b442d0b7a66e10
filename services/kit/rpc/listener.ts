import http from 'node:http'
import http2 from 'node:http2'
import net from 'node:net'
import { UserError } from '../user_error.ts'

/** Handles a request of either HTTP version. */
export type HttpHandler = (
  req: http.IncomingMessage | http2.Http2ServerRequest,
  res: http.ServerResponse | http2.Http2ServerResponse,
) => void

/** How a listener guards itself against slow and greedy clients. */
export type ListenerOptions = {
  readonly host: string
  /** 0 takes a free port. */
  readonly port: number
  readonly handler: HttpHandler
  /** Streams that one HTTP/2 connection may have open. */
  readonly maxConcurrentStreams?: number
  /** A client that has not sent its request headers after this time is dropped. */
  readonly headerTimeoutMs?: number
}

/** A listening port. */
export type Listener = {
  readonly port: number
  /** Takes no new connection, asks clients to go, and ends when the running requests have. */
  close(): Promise<void>
}

const HTTP2_PREFACE = 'PRI'

/**
 * Listens for HTTP/2 with prior knowledge (h2c) and HTTP/1.1 on one cleartext port: the first bytes tell which.
 *
 * @throws {UserError} when the port is taken
 */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const { headerTimeoutMs = 10_000, maxConcurrentStreams = 250 } = options
  const http1 = http.createServer({ headersTimeout: headerTimeoutMs }, options.handler)
  // Without this a server that never listens tracks no connections: no timeouts, and it cannot close idle ones.
  http1.emit('listening')
  const http2Server = http2.createServer({ settings: { maxConcurrentStreams } }, options.handler)
  const sessions = trackSessions(http2Server)
  const sockets = new Set<net.Socket>()
  const server = net.createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    dispatch(socket, http1, http2Server, headerTimeoutMs)
  })
  await bind(server, options)
  const { port } = server.address() as net.AddressInfo
  const close = () => closeAll(server, http1, sessions, sockets)
  return { port, close }
}

function trackSessions(server: http2.Http2Server): Set<http2.ServerHttp2Session> {
  const sessions = new Set<http2.ServerHttp2Session>()
  server.on('session', (session) => {
    sessions.add(session)
    session.once('close', () => sessions.delete(session))
    session.on('error', () => session.destroy())
  })
  return sessions
}

function dispatch(socket: net.Socket, http1: http.Server, http2Server: http2.Http2Server, timeoutMs: number): void {
  const giveUp = () => socket.destroy()
  socket.setTimeout(timeoutMs, giveUp)
  socket.once('readable', () => {
    const first = socket.read() as Buffer | null
    if (first === null) return giveUp()
    socket.setTimeout(0)
    socket.removeListener('timeout', giveUp)
    socket.unshift(first)
    const isHttp2 = first.subarray(0, HTTP2_PREFACE.length).toString('latin1') === HTTP2_PREFACE
    ;(isHttp2 ? http2Server : http1).emit('connection', socket)
  })
}

async function bind(server: net.Server, { host, port }: ListenerOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', (err: NodeJS.ErrnoException) => {
    if (err.code !== 'EADDRINUSE') return reject(err)
    reject(new UserError(`Port ${port} is taken: stop what listens there, or choose another port by PORT.`))
  })
  server.listen(port, host, resolve)
  return promise
}

async function closeAll(
  server: net.Server,
  http1: http.Server,
  sessions: Set<http2.ServerHttp2Session>,
  sockets: Set<net.Socket>,
): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  for (const session of sessions) session.close()
  http1.closeIdleConnections()
  const idleSweep = setInterval(() => http1.closeIdleConnections(), 50)
  const lastResort = setTimeout(() => {
    for (const socket of sockets) socket.destroy()
  }, 5_000)
  await closed
  clearInterval(idleSweep)
  clearTimeout(lastResort)
}
