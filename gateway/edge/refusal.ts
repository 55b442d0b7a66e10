import type { DescService } from '@bufbuild/protobuf'
import { Code, ConnectError, createContextKey, createContextValues } from '@connectrpc/connect'
import { connectNodeAdapter } from '@connectrpc/connect-node'
import { RetryInfoSchema } from '#gen/google/rpc/error_details_pb.ts'
import { Health } from '#gen/grpc/health/v1/health_pb.ts'
import { pathOf } from '../contract.ts'
import { answerJson, isGone, type Req, type Res } from './http.ts'

/** Tells the caller, in the protocol that it speaks, that its call goes no further. */
export type Refuse = (req: Req, res: Res, error: ConnectError) => void

/** A client that goes on sending after it was refused is cut off after this time. */
const patienceMs = 5_000

const refusalKey = createContextKey<ConnectError>(new ConnectError('refused', Code.Unknown))

/**
 * Refuses calls before they reach a service.
 *
 * gRPC wants trailers, gRPC-web a last frame, Connect a status and JSON, or a last envelope in streams. Rather than
 * write each of them again, a router that holds the public services, and never runs one, throws the error at its gate.
 */
export function refuser(services: readonly DescService[]): Refuse {
  const errors = new WeakMap<object, ConnectError>()
  const known = new Set(services.flatMap((service) => service.methods.map((method) => pathOf(method))))
  const handle = connectNodeAdapter({
    routes: (router) => {
      for (const service of [...services, Health]) router.service(service, {})
    },
    contextValues: (req) => createContextValues().set(refusalKey, errors.get(req) ?? refusalKey.defaultValue),
    requestGate: (call) => {
      throw call.values.get(refusalKey)
    },
  })
  return (req, res, error) => {
    if (isGone(res) || res.headersSent) return
    errors.set(req, error)
    setRetryAfter(res, error)
    cutOff(req, res)
    if (known.has((req.url ?? '').split('?', 1)[0] ?? '')) handle(req, res)
    else refuseUnknown(req, res, error)
  }

  /** A path that no service has: spoken as a method of the same shape, if it is an RPC at all. */
  function refuseUnknown(req: Req, res: Res, error: ConnectError): void {
    const contentType = req.headers['content-type'] ?? ''
    const isRpc = /^application\/(grpc|proto|json|connect\+)/.test(contentType)
    if (req.method !== 'POST' || !isRpc) return answerJson(res, 404, { code: 'unimplemented', message: error.message })
    const shape = contentType.startsWith('application/connect+') ? Health.method.watch : Health.method.check
    req.url = pathOf(shape)
    handle(req, res)
  }
}

/** For clients that know HTTP but not `google.rpc.RetryInfo`. */
function setRetryAfter(res: Res, error: ConnectError): void {
  const [retry] = error.findDetails(RetryInfoSchema)
  const delay = retry?.retryDelay
  if (delay) res.setHeader('retry-after', Math.max(1, Math.ceil(Number(delay.seconds) + delay.nanos / 1e9)).toString())
}

/** What is left of the request is read and dropped, but not for ever. */
function cutOff(req: Req, res: Res): void {
  if (req.complete) return
  const timer = setTimeout(() => {
    if ('stream' in req) req.stream.close()
    else req.socket.destroy()
  }, patienceMs)
  timer.unref()
  const done = () => {
    clearTimeout(timer)
  }
  req.once('end', done)
  res.once('close', () => {
    if (req.complete) done()
  })
}
