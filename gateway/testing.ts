import { createServer, type AddressInfo } from 'node:net'
import {
  Http2SessionManager,
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from '@connectrpc/connect-node'
import type { Interceptor, Transport } from '@connectrpc/connect'

/** A port that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** The ways in which clients of the suite speak. */
export const protocols = [
  'gRPC over HTTP/2',
  'gRPC-web over HTTP/2',
  'gRPC-web over HTTP/1.1',
  'Connect over HTTP/2',
  'Connect over HTTP/1.1',
] as const

export type Protocol = (typeof protocols)[number]

/** A transport that speaks one protocol; its connections are the test's to abort. */
export function transportOf(protocol: Protocol, baseUrl: string, interceptors: Interceptor[] = []) {
  const httpVersion = protocol.endsWith('HTTP/2') ? ('2' as const) : ('1.1' as const)
  const sessionManager = new Http2SessionManager(baseUrl)
  const options = { baseUrl, httpVersion, interceptors, sessionManager }
  return { transport: make(protocol, options), end: () => sessionManager.abort() }
}

type TransportOptions = {
  baseUrl: string
  httpVersion: '1.1' | '2'
  interceptors: Interceptor[]
  sessionManager: Http2SessionManager
}

function make(protocol: Protocol, options: TransportOptions): Transport {
  if (protocol.startsWith('gRPC-web')) return createGrpcWebTransport(options)
  if (protocol.startsWith('gRPC')) return createGrpcTransport({ ...options, httpVersion: '2' })
  return createConnectTransport({ ...options, useBinaryFormat: true })
}

/** Sends headers with every call. */
export function sending(headers: Readonly<Record<string, string>>): Interceptor {
  return (next) => (req) => {
    for (const [name, value] of Object.entries(headers)) req.header.set(name, value)
    return next(req)
  }
}
