/** The client of the suite for Node: one connection over HTTP/2, by the Connect protocol or by gRPC. */
import { createConnectTransport, createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node'
import { assemble, type Tms, type TmsOptions } from './tms.ts'

export * from './index.ts'

/** As {@link TmsOptions}, and what to speak. */
export type NodeTmsOptions = TmsOptions & {
  /** `connect` by default: half the work of gRPC for both sides, and nothing that this suite offers is lost. */
  readonly protocol?: 'connect' | 'grpc'
  /** Certificate authorities to trust besides the usual ones, in PEM. */
  readonly ca?: string
}

/** An idle connection is asked whether it still stands, so that a call after a long pause does not find a dead one. */
const connection = { pingIntervalMs: 30_000, pingIdleConnection: false, idleConnectionTimeoutMs: 300_000 }

/** Makes a client that keeps one connection over HTTP/2; `close()` ends it. */
export function createTms(options: NodeTmsOptions): Tms {
  const baseUrl = options.baseUrl.replace(/\/+$/, '')
  const nodeOptions = options.ca === undefined ? {} : { ca: options.ca }
  const sessionManager = new Http2SessionManager(baseUrl, connection, nodeOptions)
  const shared = { baseUrl, sessionManager, nodeOptions }
  return assemble(
    options,
    (interceptors) =>
      options.protocol === 'grpc'
        ? createGrpcTransport({ ...shared, interceptors })
        : createConnectTransport({ ...shared, interceptors, httpVersion: '2' }),
    () => {
      sessionManager.abort()
    },
  )
}
