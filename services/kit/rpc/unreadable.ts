import { Code, type ConnectRouter } from '@connectrpc/connect'
import type { UniversalHandler, UniversalServerResponse } from '@connectrpc/connect/protocol'
import { codeToHttpStatus, errorToJsonBytes } from '@connectrpc/connect/protocol-connect'
import { refuseCall } from '../errors.ts'

type Routes = (router: ConnectRouter) => void

const INTERNAL_STATUS = codeToHttpStatus(Code.Internal)

/**
 * Tells bytes that are no message as the caller's fault: INVALID_ARGUMENT, HTTP 400.
 *
 * Connect calls them INTERNAL before any interceptor is asked, as gRPC prescribes for its own protocol; there it stays
 * so. In HTTP that is a 500, which wakes whoever looks after the service. Only answers with that status are looked into.
 *
 * Source: https://grpc.github.io/grpc/core/md_doc_statuscodes.html ("Error parsing request proto").
 */
export function blamingUnreadable(routes: Routes): Routes {
  return (router) => {
    routes(router)
    for (const [i, handler] of router.handlers.entries()) router.handlers[i] = mended(handler)
  }
}

function mended(handler: UniversalHandler): UniversalHandler {
  // What a handler is for stands on the function itself.
  return Object.assign(async (...args: Parameters<UniversalHandler>) => blame(await handler(...args)), handler)
}

async function blame(response: UniversalServerResponse): Promise<UniversalServerResponse> {
  const { status, header, body } = response
  if (status !== INTERNAL_STATUS || header?.get('content-type') !== 'application/json') return response
  if (!body || body instanceof Uint8Array || header.has('content-encoding')) return response
  const bytes = await collected(body)
  const why = unreadableBecause(bytes)
  if (why === undefined) return { ...response, body: once(bytes) }
  const refusal = refuseCall('REQUEST_INVALID', `the request is no message: ${why}`)
  const answer = errorToJsonBytes(refusal, undefined)
  header.set('content-length', answer.byteLength.toString())
  return { ...response, status: codeToHttpStatus(refusal.code), body: once(answer) }
}

const SAID_BY_CONNECT = 'parse binary: '

/** Our own INTERNAL carries details; that of Connect has its sentence only. */
function unreadableBecause(bytes: Uint8Array): string | undefined {
  const { message, details } = JSON.parse(new TextDecoder().decode(bytes)) as { message?: string; details?: unknown[] }
  return details === undefined && message?.startsWith(SAID_BY_CONNECT) === true
    ? message.slice(SAID_BY_CONNECT.length)
    : undefined
}

async function collected(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes
}
