import type http2 from 'node:http2'
import type { ConnectError } from '@connectrpc/connect'
import { endStreamFlag, endStreamToJson } from '@connectrpc/connect/protocol-connect'
import { setTrailerStatus } from '@connectrpc/connect/protocol-grpc'
import { enveloped } from './envelopes.ts'

type Req = http2.Http2ServerRequest
type Res = http2.Http2ServerResponse

/** How a protocol writes what it does in a way of its own; messages are the same in all. */
export type Wire = {
  readonly contentType: string
  /** Says how the call ended, as the last that is sent. */
  readonly end: (res: Res, refusal: ConnectError | undefined) => void
}

const grpc: Wire = {
  contentType: 'application/grpc+proto',
  end: (res, refusal) => {
    res.addTrailers(Object.fromEntries(setTrailerStatus(new Headers(), refusal)))
    res.end()
  },
}

const connect: Wire = {
  contentType: 'application/connect+proto',
  end: (res, refusal) => {
    const end = endStreamToJson(new Headers(), refusal, undefined)
    res.end(enveloped(endStreamFlag, Buffer.from(JSON.stringify(end))))
  },
}

const WIRES: Readonly<Record<string, Wire>> = {
  'application/grpc': grpc,
  'application/grpc+proto': grpc,
  'application/connect+proto': connect,
}

/** What only Connect's own handlers know: a time-out, or messages that are compressed. */
const UNUSUAL = ['grpc-timeout', 'connect-timeout-ms', 'grpc-encoding', 'connect-content-encoding', 'content-encoding']

/** How a call is written that has nothing unusual about it; undefined for others. */
export function wireOf({ method, headers }: Req): Wire | undefined {
  const version = headers['connect-protocol-version'] ?? '1'
  if (method !== 'POST' || version !== '1') return undefined
  if (UNUSUAL.some((name) => (headers[name] ?? 'identity') !== 'identity')) return undefined
  const contentType = headers['content-type'] ?? ''
  return Object.hasOwn(WIRES, contentType) ? WIRES[contentType] : undefined
}
