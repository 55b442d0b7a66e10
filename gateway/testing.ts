import http2 from 'node:http2'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  connectNodeAdapter,
  Http2SessionManager,
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from '@connectrpc/connect-node'
import { type Client, ConnectError, createClient, type Interceptor, type Transport } from '@connectrpc/connect'
import { ProbeService } from '#gen/tms/probe/v1/probe_pb.ts'
import { freePort } from '../deploy/local/index.ts'

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

/** gRPC needs the trailers of HTTP/2, so that its transport has no choice of version. */
function make(protocol: Protocol, { httpVersion, ...shared }: TransportOptions): Transport {
  if (protocol.startsWith('gRPC over')) return createGrpcTransport(shared)
  if (protocol.startsWith('gRPC-web')) return createGrpcWebTransport({ ...shared, httpVersion })
  return createConnectTransport({ ...shared, httpVersion })
}

/** Sends headers with every call. */
export function sending(headers: Readonly<Record<string, string>>): Interceptor {
  return (next) => (req) => {
    for (const [name, value] of Object.entries(headers)) req.header.set(name, value)
    return next(req)
  }
}

/** Settings of a gateway on a port of its own, and where that is. */
export async function aPort(env: Readonly<Record<string, string>> = {}) {
  const port = await freePort()
  return { env: { ...env, GATEWAY_PORT: port.toString() }, port, baseUrl: `http://127.0.0.1:${port}` }
}

type How = { readonly protocol?: Protocol; readonly headers?: Readonly<Record<string, string>> }

/** Calls the probe behind a gateway; the connection ends with `body`. */
export async function through<T>(
  { baseUrl }: { readonly baseUrl: string },
  body: (client: Client<typeof ProbeService>) => Promise<T>,
  { protocol = 'Connect over HTTP/2', headers = {} }: How = {},
): Promise<T> {
  const { transport, end } = transportOf(protocol, baseUrl, [sending(headers)])
  try {
    return await body(createClient(ProbeService, transport))
  } finally {
    end()
  }
}

/** The refusal that a call met; throws when it met none. */
export async function refusalOf(call: Promise<unknown>): Promise<ConnectError> {
  const err: unknown = await call.then(
    (answer) => new Error(`expected a refusal, got ${JSON.stringify(answer)}`),
    (thrown: unknown) => thrown,
  )
  if (!(err instanceof ConnectError)) throw err
  return err
}

/** A probe in a process of its own, as far as a gateway can tell; it goes down without a word. */
export async function probePeer(port: number): Promise<{ stop(): Promise<void> }> {
  const handler = connectNodeAdapter({
    routes: (router) =>
      router.service(ProbeService, {
        echo: ({ text }) => ({ text }),
        count: async function* ({ upTo }) {
          for (let number = 1; number <= upTo; number++) {
            await sleep(5)
            yield { number }
          }
        },
      }),
  })
  const server = http2.createServer(handler)
  const sessions = new Set<http2.ServerHttp2Session>()
  server.on('session', (session) => sessions.add(session))
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    async stop() {
      for (const session of sessions) session.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
