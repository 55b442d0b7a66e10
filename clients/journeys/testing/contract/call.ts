import {
  create,
  type DescMessage,
  type DescMethod,
  type DescMethodStreaming,
  type DescMethodUnary,
  type DescService,
  type Message,
  type MessageInitShape,
} from '@bufbuild/protobuf'
import { type Client, ConnectError, type Transport } from '@connectrpc/connect'
import type { Suite } from '#kit/testing'
import type { Rpc } from './rpcs.ts'

/** What came of a call: an answer, or a refusal. */
export type Outcome =
  { readonly answer: Message; readonly refusal?: never } | { readonly refusal: ConnectError; readonly answer?: never }

/** A request of a method that is only known at run time. */
export type Request = MessageInitShape<DescMessage>

/** Calls a method that is only known at run time; of a stream, the first message is the answer. */
export async function callBy(
  transport: Transport,
  { method }: Rpc,
  request: Request,
  headers: HeadersInit = {},
): Promise<Outcome> {
  const ended = new AbortController()
  try {
    if (isUnary(method)) {
      return { answer: (await transport.unary(method, ended.signal, undefined, headers, request)).message }
    }
    if (!isStreaming(method)) throw new Error(`${method.name} is of an unknown kind`)
    const requests = (async function* () {
      yield request
    })()
    const stream = await transport.stream(method, ended.signal, undefined, headers, requests)
    for await (const answer of stream.message) return { answer }
    // A stream that ends without a message says as much as an empty one.
    return { answer: create(method.output) }
  } catch (err) {
    return { refusal: ConnectError.from(err) }
  } finally {
    ended.abort()
  }
}

function isUnary(method: DescMethod): method is DescMethodUnary {
  return method.methodKind === 'unary'
}

function isStreaming(method: DescMethod): method is DescMethodStreaming {
  return !isUnary(method)
}

/** Calls as a service of the suite, without a user. */
export async function callAsService(suite: Suite, caller: string, rpc: Rpc, request: Request): Promise<Outcome> {
  const client = suite.peer(rpc.method.parent, caller)
  try {
    return { answer: await unaryOf(client, rpc.method)(request) }
  } catch (err) {
    return { refusal: ConnectError.from(err) }
  }
}

type UnaryCall = (request: Request) => Promise<Message>

/** A client of a descriptor that is only known at run time has its methods, but no types for them. */
function unaryOf(client: Client<DescService>, method: DescMethod): UnaryCall {
  const call = (client as unknown as Record<string, UnaryCall | undefined>)[method.localName]
  if (!call || method.methodKind !== 'unary') throw new Error(`${method.name} is no unary method`)
  return call
}
