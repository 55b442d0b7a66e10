import http from 'node:http'
import http2 from 'node:http2'
import net from 'node:net'
import tls from 'node:tls'
import { UserError } from '#kit'
import type { Handle } from './http.ts'

/** Where and how strictly the edge listens. */
export type EdgeOptions = {
  readonly host: string
  /** 0 takes a free port. */
  readonly port: number
  /** Certificate and key in PEM; without them the port speaks cleartext: h2c with prior knowledge, and HTTP/1.1. */
  readonly tls?: { readonly cert: string; readonly key: string }
  readonly handle: Handle
  /** A client must have sent its request headers after this time. */
  readonly headerTimeoutMs: number
  /** A connection on which nothing moves is closed after this time; the pings of an open stream count as movement. */
  readonly idleTimeoutMs: number
  readonly maxConnectionsPerAddress: number
  readonly maxStreamsPerConnection: number
}

/** The listening edge. */
export type Edge = {
  readonly port: number
  /** Takes no new connection, tells clients to go elsewhere (GOAWAY, `connection: close`), and lets running calls finish. */
  drain(): void
  /** Ends what is left, and resolves when the port is free. */
  close(): Promise<void>
}

const preface = 'PRI * HTTP/2.0'

/** More header lines, or longer ones, than any client of the suite sends are not worth the memory. */
const maxHeaderBytes = 16_384

/**
 * Listens for HTTP/2 and HTTP/1.1 on one port: told apart by ALPN under TLS, by the first bytes otherwise.
 *
 * The kit's listener serves peers that are trusted; this one serves the world, and so limits what a slow or greedy
 * client can hold: connections per address, streams per connection, header bytes and time, idle time.
 *
 * @throws {UserError} when the port is taken, or the certificate or key cannot be used.
 */
export async function listenAtEdge(options: EdgeOptions): Promise<Edge> {
  const http1 = http1Server(options)
  const sessions = new Set<http2.ServerHttp2Session>()
  const http2Server = http2ServerOf(options, sessions)
  const sockets = new Set<net.Socket>()
  const perAddress = connectionCounter(options.maxConnectionsPerAddress)
  const accept = (socket: net.Socket) => {
    socket.on('error', () => socket.destroy())
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    if (!perAddress(socket)) return void socket.destroy()
    sortOut(socket, options.headerTimeoutMs, (isHttp2) => {
      ;(isHttp2 ? http2Server : http1).emit('connection', socket)
    })
  }
  const server = options.tls ? secureServer(options.tls, options, accept) : net.createServer({ noDelay: true }, accept)
  await bind(server, options)
  const closed = new Promise<void>((resolve) => server.once('close', resolve))
  let draining = false
  let sweep: NodeJS.Timeout | undefined
  const drain = () => {
    if (draining) return
    draining = true
    server.close()
    for (const session of sessions) session.close()
    // A kept-alive connection of HTTP/1.1 learns it from its next response, or is closed when it is idle.
    http1.prependListener('request', (_req, res) => res.setHeader('connection', 'close'))
    sweep = setInterval(() => {
      http1.closeIdleConnections()
    }, 50)
  }
  return {
    port: (server.address() as net.AddressInfo).port,
    drain,
    async close() {
      drain()
      for (const socket of sockets) socket.destroy()
      http1.close()
      await closed
      clearInterval(sweep)
    },
  }
}

function http1Server(options: EdgeOptions): http.Server {
  const server = http.createServer(
    {
      headersTimeout: options.headerTimeoutMs,
      connectionsCheckingInterval: Math.max(100, Math.min(options.headerTimeoutMs / 2, 5_000)),
      requestTimeout: 0, // a client stream may last; calls end by their deadline
      keepAliveTimeout: options.idleTimeoutMs,
      maxHeaderSize: maxHeaderBytes,
    },
    options.handle,
  )
  // A server that never listens tracks no connections: no timeouts, and it could not close idle ones.
  server.emit('listening')
  return server
}

function http2ServerOf(options: EdgeOptions, sessions: Set<http2.ServerHttp2Session>): http2.Http2Server {
  const settings = { maxConcurrentStreams: options.maxStreamsPerConnection, maxHeaderListSize: maxHeaderBytes }
  const server = http2.createServer({ settings, maxSendHeaderBlockLength: 65_536 }, options.handle)
  server.on('session', (session) => {
    sessions.add(session)
    session.once('close', () => sessions.delete(session))
    session.on('error', () => {
      session.destroy()
    })
    session.setTimeout(options.idleTimeoutMs, () => {
      session.close()
    })
  })
  return server
}

function secureServer(
  { cert, key }: { cert: string; key: string },
  options: EdgeOptions,
  accept: (socket: net.Socket) => void,
): tls.Server {
  const settings: tls.TlsOptions = {
    cert,
    key,
    minVersion: 'TLSv1.3',
    ALPNProtocols: ['h2', 'http/1.1'],
    handshakeTimeout: options.headerTimeoutMs,
  }
  try {
    const server = tls.createServer(settings, accept)
    server.on('tlsClientError', (_err, socket) => socket.destroy())
    return server
  } catch (err) {
    throw new UserError(
      `GATEWAY_TLS_CERT and GATEWAY_TLS_KEY must be a certificate and its key in PEM: ${String(err)}.`,
    )
  }
}

/** Counts connections by address; false when there is no room for one more. */
function connectionCounter(most: number): (socket: net.Socket) => boolean {
  const open = new Map<string, number>()
  return (socket) => {
    const address = socket.remoteAddress ?? ''
    const count = open.get(address) ?? 0
    if (count >= most) return false
    open.set(address, count + 1)
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1
      if (left === 0) open.delete(address)
      else open.set(address, left)
    })
    return true
  }
}

/** Tells the protocol of a new connection; one that does not say it in time is dropped. */
function sortOut(socket: net.Socket, timeoutMs: number, decide: (isHttp2: boolean) => void): void {
  if (socket instanceof tls.TLSSocket) return decide(socket.alpnProtocol === 'h2')
  const timer = setTimeout(() => socket.destroy(), timeoutMs)
  socket.once('close', () => {
    clearTimeout(timer)
  })
  let seen: Buffer = Buffer.alloc(0)
  const look = () => {
    const chunk = socket.read() as Buffer | null
    if (chunk === null) return
    seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk])
    const start = seen.toString('latin1', 0, preface.length)
    // Fewer bytes than the preface, and so far the same: it may become either.
    if (start.length < preface.length && preface.startsWith(start)) return
    clearTimeout(timer)
    socket.removeListener('readable', look)
    socket.unshift(seen)
    decide(start === preface)
  }
  socket.on('readable', look)
}

async function bind(server: net.Server, { host, port }: EdgeOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', (err: NodeJS.ErrnoException) => {
    if (err.code !== 'EADDRINUSE') return reject(err)
    reject(new UserError(`Port ${port} is taken: stop what listens there, or choose another port by GATEWAY_PORT.`))
  })
  server.listen(port, host, resolve)
  return promise
}
