import { Code, ConnectError, type Interceptor, type StreamResponse, type UnaryResponse } from '@connectrpc/connect'
import { type CallState, DEFAULT_TIMEOUT_MS, iterateInCall, runInCall } from '../call.ts'
import { refuseCall } from '../errors.ts'
import { sessionKey } from '../session.ts'
import type { Logger } from '../telemetry/log.ts'
import { rpcSeconds } from '../telemetry/metrics.ts'
import { traced } from '../telemetry/trace.ts'
import { admit, identify, type Verifiers } from './gatekeeper.ts'
import { bearerOf, CORRELATION_ID, safeCorrelationId, TRACEPARENT } from './headers.ts'
import { validate } from './validation.ts'

/** What serving a call needs from the service that serves it. */
export type ServeOptions = {
  readonly service: string
  readonly verifiers: Verifiers
  readonly log: Logger
  readonly newId: () => string
}

type Served = UnaryResponse | StreamResponse
type Request = Parameters<ReturnType<Interceptor>>[0]

/**
 * The one server interceptor of the suite: trace, log, deadline, session, policy, validation, errors, in this order.
 *
 * One function rather than seven, because each layer costs every call its promise and its closure.
 */
export function serveCalls(options: ServeOptions): Interceptor {
  return (next) => async (req) => {
    const started = performance.now()
    const correlationId = safeCorrelationId(req.header.get(CORRELATION_ID)) ?? options.newId()
    const name = `${req.service.typeName}/${req.method.name}`
    const finish = (err?: unknown) => {
      report(options, req, { correlationId, started }, err)
    }
    try {
      return await traced(name, 'server', req.header.get(TRACEPARENT) ?? '', async (traceparent) => {
        const state = await callState(options, req, correlationId, traceparent)
        if (!req.stream) validate(req.method.input, req.message)
        const response = await runInCall(state, () => next(req.stream ? validated(req) : req))
        return wrapStream(state, response, correlationId, finish, options)
      })
    } catch (err) {
      finish(err)
      throw toConnectError(err, correlationId, options.log)
    }
  }
}

async function callState(
  options: ServeOptions,
  req: Request,
  correlationId: string,
  traceparent: string,
): Promise<CallState> {
  const session = await identify(req.header, options.verifiers)
  const { scope } = admit(req.method, session)
  req.contextValues.set(sessionKey, session)
  return {
    correlationId,
    traceparent,
    session,
    scope,
    userToken: bearerOf(req.header),
    deadline: performance.now() + timeoutOf(req),
    signal: req.signal,
    inTransaction: false,
  }
}

/** Streams live as long as their caller; calls end by the caller's deadline or ours. */
function timeoutOf(req: Request): number {
  const asked = Number(req.header.get('connect-timeout-ms') ?? grpcTimeoutMs(req.header.get('grpc-timeout')))
  if (asked > 0) return asked
  return req.stream ? Number.POSITIVE_INFINITY : DEFAULT_TIMEOUT_MS
}

const UNIT_MS: Readonly<Record<string, number>> = { n: 1e-6, u: 1e-3, m: 1, S: 1e3, M: 6e4, H: 3.6e6 }

function grpcTimeoutMs(header: string | null): number {
  const [, digits = '0', unit = 'm'] = /^(\d{1,8})([numSMH])$/.exec(header ?? '') ?? []
  return Number(digits) * (UNIT_MS[unit] ?? 1)
}

function validated<R extends Request & { stream: true }>(req: R): R {
  const { input } = req.method
  const messages = req.message[Symbol.asyncIterator]()
  // By hand rather than by a generator, which would cost each message of a busy stream three promises more.
  const message: AsyncIterableIterator<typeof req.message extends AsyncIterable<infer M> ? M : never> = {
    [Symbol.asyncIterator]: () => message,
    next: async () => {
      const next = await messages.next()
      if (next.done !== true) validate(input, next.value)
      return next
    },
    return: async (value: unknown) => {
      await messages.return?.(value)
      return { done: true, value: undefined }
    },
  }
  return { ...req, message }
}

function wrapStream(
  state: CallState,
  response: Served,
  correlationId: string,
  finish: (err?: unknown) => void,
  options: ServeOptions,
): Served {
  response.header.set(CORRELATION_ID, correlationId)
  if (!response.stream) {
    finish()
    return response
  }
  const messages = response.message
  const message = (async function* () {
    try {
      yield* iterateInCall(state, messages)
      finish()
    } catch (err) {
      finish(err)
      throw toConnectError(err, correlationId, options.log)
    }
  })()
  return { ...response, message }
}

/** A call that was served; what it was in is over when it is reported. */
type ServedCall = { readonly correlationId: string; readonly started: number }

function report(options: ServeOptions, req: Request, { correlationId, started }: ServedCall, err: unknown): void {
  const seconds = (performance.now() - started) / 1000
  const code = err === undefined ? 'ok' : err instanceof ConnectError ? codeName(err.code) : 'internal'
  rpcSeconds.labels(options.service, req.method.name, code).observe(seconds)
  options.log.debug({ correlationId, rpc: req.method.name, code, ms: Math.round(seconds * 1e5) / 100 }, 'served')
}

function codeName(code: Code): string {
  return (Code[code] ?? 'Unknown').toLowerCase()
}

/** What an answer on its way meets when its caller is gone. */
const GONE = new Set(['ERR_HTTP2_INVALID_STREAM', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET'])

function isFarewell(err: unknown): boolean {
  if (!(err instanceof Error)) return false
  return err.name === 'AbortError' || GONE.has((err as NodeJS.ErrnoException).code ?? '')
}

/** Refusals pass as they are; the unforeseen is logged in full here and travels without its inside. */
function toConnectError(err: unknown, correlationId: string, log: Logger): ConnectError {
  if (err instanceof ConnectError && err.code !== Code.Internal && err.code !== Code.Unknown) return err
  if (err instanceof ConnectError && err.details.length > 0) return err
  if (isFarewell(err)) return new ConnectError('the caller went away', Code.Canceled)
  log.error({ err, correlationId }, 'unforeseen error')
  return refuseCall('INTERNAL', `something went wrong on our side; quote ${correlationId} to support`, {
    correlation_id: correlationId,
  })
}
