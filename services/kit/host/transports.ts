import type { DescService } from '@bufbuild/protobuf'
import { type Client, createClient, createRouterTransport, type Transport } from '@connectrpc/connect'
import { connectNodeAdapter, createConnectTransport, Http2SessionManager } from '@connectrpc/connect-node'
import type { ConnectRouter } from '@connectrpc/connect'
import { ownerOf } from '../policy.ts'
import { compressions } from '../rpc/compression.ts'
import type { Duplex } from '../rpc/duplex.ts'
import { duplexHandler } from '../rpc/duplex_stream.ts'
import type { HttpHandler } from '../rpc/listener.ts'
import { serveCalls } from '../rpc/serve.ts'
import type { ServeOptions } from '../rpc/served_call.ts'
import { blamingUnreadable } from '../rpc/unreadable.ts'

/** A request may be this large; bulk goes by stream, in parts. */
const READ_MAX_BYTES = 4 << 20

type Routes = (router: ConnectRouter) => void

/** Serves a service to calls from this process, without a socket. */
export function inMemoryTransport(routes: Routes, options: ServeOptions): Transport {
  const router = { interceptors: [serveCalls(options)], readMaxBytes: READ_MAX_BYTES }
  return createRouterTransport(routes, { router })
}

/** Serves a service to HTTP: gRPC, gRPC-web and Connect. */
export function httpHandler(
  routes: Routes,
  duplexes: readonly Duplex[],
  options: ServeOptions & { readonly shutdownSignal: AbortSignal },
): HttpHandler {
  const { shutdownSignal } = options
  const pulled = connectNodeAdapter({
    routes: blamingUnreadable(routes),
    interceptors: [serveCalls(options)],
    readMaxBytes: READ_MAX_BYTES,
    acceptCompression: compressions,
    shutdownSignal,
  })
  return duplexHandler(duplexes, { ...options, maxBytes: READ_MAX_BYTES }, pulled)
}

/** Calls a service elsewhere: Connect with binary bodies over HTTP/2, the cheapest on the wire. */
export function remoteTransport(baseUrl: string): { transport: Transport; close: () => void } {
  const sessionManager = new Http2SessionManager(baseUrl, { idleConnectionTimeoutMs: 60_000 })
  const transport = createConnectTransport({ baseUrl, httpVersion: '2', sessionManager })
  return { transport, close: () => sessionManager.abort() }
}

/** Finds the transport to each peer as it is first called: peers may start later than their callers. */
export function lazily(find: () => Transport): Transport {
  return {
    unary: (...args) => find().unary(...args),
    stream: (...args) => find().stream(...args),
  }
}

/** Generated clients of the peers that a service calls. */
export function peersOf(
  calls: Readonly<Record<string, DescService>>,
  transportTo: (service: string) => Transport,
): Record<string, Client<DescService>> {
  const entries = Object.entries(calls).map(([name, desc]) => [name, createClient(desc, transportTo(ownerOf(desc)))])
  return Object.fromEntries(entries) as Record<string, Client<DescService>>
}
