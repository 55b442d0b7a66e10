import { Code, ConnectError } from '@connectrpc/connect'
import {
  anonymous,
  CORRELATION_ID,
  type Logger,
  reasonOf,
  refuseCall,
  safeCorrelationId,
  type Session,
  TRACEPARENT,
} from '#kit'
import { admit } from '../../services/kit/rpc/gatekeeper.ts'
import { traced } from '../../services/kit/telemetry/trace.ts'
import type { Route } from '../contract.ts'
import type { Forwarder } from '../forward/peers.ts'
import { tooLarge } from '../forward/body_limit.ts'
import type { AddressReader } from './address.ts'
import type { IdentifyCaller } from './caller.ts'
import type { CorsGuard } from './cors.ts'
import { passOnTimeout, timeoutMs } from './deadline.ts'
import { FORWARDED_FOR, LIMIT, REMAINING, TRACERESPONSE } from './headers.ts'
import { breakOff, type Handle, headerOf, isGone, pathOf, type Req, type Res } from './http.ts'
import type { CountCall } from './limits.ts'
import type { Load } from './load.ts'
import type { Refuse } from './refusal.ts'

/** What stands behind the door. */
export type DoorParts = {
  readonly routes: ReadonlyMap<string, Route>
  /** Answers what is no RPC of the suite; false when it does not know the path either. */
  readonly others: (req: Req, res: Res, path: string, address: string) => boolean
  readonly addressOf: AddressReader
  readonly cors: CorsGuard
  readonly identify: IdentifyCaller
  readonly count: CountCall
  readonly load: Load
  readonly forwarder: Forwarder
  readonly refuse: Refuse
  /** Told of every call that ends here. */
  readonly refused: (reason: string) => void
  readonly log: Logger
  readonly isDraining: () => boolean
  readonly newId: () => string
  readonly maxRequestBytes: number
  readonly callTimeoutMs: number
}

/**
 * The way in: every request passes here, is judged by its headers alone, and goes on untouched or is refused in the
 * protocol that its caller speaks.
 */
export function door(parts: DoorParts): Handle {
  const { routes, load, refuse } = parts

  return (req, res) => {
    const startedMs = performance.now()
    // A caller that vanishes is no error of ours; nobody else listens before the call is handed on.
    req.on('error', () => undefined)
    const path = pathOf(req)
    try {
      const address = parts.addressOf(req.socket?.remoteAddress, headerOf(req, FORWARDED_FOR))
      introduce(req, res, address)
      const verdict = parts.cors(req, res)
      if (verdict === 'foreign') throw originRefused(req)
      if (verdict === 'preflight') return endPreflight(res)
      neutralize(req)
      load.begin(res, address)
      const route = routes.get(path)
      if (route) void serve(route, req, res, address, startedMs)
      else if (!parts.others(req, res, path, address)) throw new ConnectError(`no method ${path}`, Code.Unimplemented)
    } catch (err) {
      stop(req, res, err)
    }
  }

  /** Sees to it that the call has an id, and that what it says of its origin is what we know. */
  function introduce(req: Req, res: Res, address: string): void {
    const id = safeCorrelationId(headerOf(req, CORRELATION_ID) ?? null) ?? parts.newId()
    req.headers[CORRELATION_ID] = id
    req.headers[FORWARDED_FOR] = address
    res.setHeader(CORRELATION_ID, id)
  }

  /** The authority has done its part; adapters build a URL of it, which a malformed one must not break. */
  function neutralize(req: Req): void {
    if ('stream' in req) req.headers[':authority'] = 'tms'
    else req.headers.host = 'tms'
  }

  async function serve(route: Route, req: Req, res: Res, address: string, startedMs: number): Promise<void> {
    try {
      await traced(`gateway ${route.path}`, 'server', headerOf(req, TRACEPARENT) ?? '', async (traceparent) => {
        if (traceparent !== '') {
          req.headers[TRACEPARENT] = traceparent
          res.setHeader(TRACERESPONSE, traceparent)
        }
        await letIn(route, req, res, address)
        if (isGone(res)) return
        await parts.forwarder.forward(route, req, res, timeLeft(route, req, startedMs))
        if (traceparent !== '') await closed(res) // the span lasts as long as the call
      })
    } catch (err) {
      stop(req, res, err)
    }
  }

  async function letIn(route: Route, req: Req, res: Res, address: string): Promise<void> {
    if (parts.isDraining()) throw refuseCall('SHUTTING_DOWN', 'this gateway is shutting down', {}, { retryAfterMs: 1 })
    if (route.unary && Number(req.headers['content-length'] ?? 0) > parts.maxRequestBytes) {
      throw tooLarge(parts.maxRequestBytes)
    }
    const session = await identified(route, req, address)
    const counted = await parts.count(route, session, address)
    admit(route.method, session)
    if (!counted || isGone(res)) return
    res.setHeader(LIMIT, counted.limit.toString())
    res.setHeader(REMAINING, counted.left.toString())
  }

  async function identified(route: Route, req: Req, address: string): Promise<Session> {
    try {
      return await parts.identify(req)
    } catch (err) {
      // Guessing at tokens costs its budget too.
      await parts.count(route, anonymous, address)
      throw err
    }
  }

  /** What is left of the caller's time; a call that is not a stream always has an end. */
  function timeLeft(route: Route, req: Req, startedMs: number): number | undefined {
    const given = timeoutMs(req)
    if (given === undefined && !route.unary) return undefined
    const most = route.unary ? parts.callTimeoutMs : Number.POSITIVE_INFINITY
    const left = Math.min(given ?? most, most) - (performance.now() - startedMs)
    if (left <= 0) throw refuseCall('DEADLINE_EXCEEDED', 'the time for this call ran out')
    passOnTimeout(req, left)
    return left
  }

  function stop(req: Req, res: Res, err: unknown): void {
    const error = refusalFor(err)
    parts.refused(reasonOf(error) ?? Code[error.code] ?? 'Unknown')
    if (error.code === Code.Internal) parts.log.error({ err }, 'unforeseen error at the door')
    try {
      refuse(req, res, error)
    } catch (fault) {
      // Whatever was sent, it must not end the process.
      parts.log.error({ err: fault }, 'a refusal could not be sent')
      breakOff(res)
    }
  }
}

/** What a peer refused is passed on without the headers that its answer had; the unforeseen without its inside. */
function refusalFor(err: unknown): ConnectError {
  if (!(err instanceof ConnectError)) return refuseCall('INTERNAL', 'something went wrong on our side')
  const error = new ConnectError(err.rawMessage, err.code)
  error.details.push(...err.details)
  return error
}

function originRefused(req: Req): ConnectError {
  return refuseCall('ORIGIN_REFUSED', `scripts of ${headerOf(req, 'origin') ?? 'this origin'} may not call`)
}

function endPreflight(res: Res): void {
  res.statusCode = 204
  res.end()
}

function closed(res: Res): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  if (isGone(res)) resolve()
  else res.once('close', resolve)
  return promise
}
