import { Code, ConnectError } from '@connectrpc/connect'
import type { DescMethod } from '@bufbuild/protobuf'
import { type CallState, DEFAULT_TIMEOUT_MS, runInCall } from '../call.ts'
import { refuseCall } from '../errors.ts'
import type { Logger } from '../telemetry/log.ts'
import { rpcSeconds } from '../telemetry/metrics.ts'
import { traced } from '../telemetry/trace.ts'
import { admit, identify, type Verifiers } from './gatekeeper.ts'
import { bearerOf, CORRELATION_ID, safeCorrelationId, TRACEPARENT } from './headers.ts'

/** What serving a call needs from the service that serves it. */
export type ServeOptions = {
  readonly service: string
  readonly verifiers: Verifiers
  readonly log: Logger
  readonly newId: () => string
}

/** A call as it came, by whatever door. */
export type Incoming = {
  readonly method: DescMethod
  readonly header: Headers
  readonly signal: AbortSignal
  readonly isStream: boolean
}

/** A call that is served. */
export type ServedCall = {
  readonly correlationId: string
  /** Lets the caller in, and does the work as part of the call. @throws {ConnectError} when the caller is refused */
  run<T>(work: (state: CallState) => Promise<T>): Promise<T>
  /** Counts and logs how it ended. */
  finish(err?: unknown): void
  /** What the caller is told of an error. */
  refusal(err: unknown): ConnectError
}

/** Begins to serve a call: trace, deadline, session and policy are the same by every door. */
export function servedCall(options: ServeOptions, incoming: Incoming): ServedCall {
  const started = performance.now()
  const { method, header } = incoming
  const correlationId = safeCorrelationId(header.get(CORRELATION_ID)) ?? options.newId()
  const name = `${method.parent.typeName}/${method.name}`
  return {
    correlationId,
    run: (work) =>
      traced(name, 'server', header.get(TRACEPARENT) ?? '', async (traceparent) => {
        const state = await callState(options, incoming, correlationId, traceparent)
        return runInCall(state, () => work(state))
      }),
    finish: (err) => report(options, method, { correlationId, started }, err),
    refusal: (err) => toConnectError(err, correlationId, options.log),
  }
}

async function callState(
  options: ServeOptions,
  { method, header, signal, isStream }: Incoming,
  correlationId: string,
  traceparent: string,
): Promise<CallState> {
  const session = await identify(header, options.verifiers)
  const { scope } = admit(method, session)
  return {
    correlationId,
    traceparent,
    session,
    scope,
    userToken: bearerOf(header),
    deadline: performance.now() + timeoutOf(header, isStream),
    signal,
    inTransaction: false,
  }
}

/** Streams live as long as their caller; calls end by the caller's deadline or ours. */
function timeoutOf(header: Headers, isStream: boolean): number {
  const asked = Number(header.get('connect-timeout-ms') ?? grpcTimeoutMs(header.get('grpc-timeout')))
  if (asked > 0) return asked
  return isStream ? Number.POSITIVE_INFINITY : DEFAULT_TIMEOUT_MS
}

const UNIT_MS: Readonly<Record<string, number>> = { n: 1e-6, u: 1e-3, m: 1, S: 1e3, M: 6e4, H: 3.6e6 }

function grpcTimeoutMs(header: string | null): number {
  const [, digits = '0', unit = 'm'] = /^(\d{1,8})([numSMH])$/.exec(header ?? '') ?? []
  return Number(digits) * (UNIT_MS[unit] ?? 1)
}

/** When a call began, and what it is called in logs. */
type Begun = { readonly correlationId: string; readonly started: number }

function report(options: ServeOptions, method: DescMethod, { correlationId, started }: Begun, err: unknown): void {
  const seconds = (performance.now() - started) / 1000
  const code = err === undefined ? 'ok' : err instanceof ConnectError ? codeName(err.code) : 'internal'
  rpcSeconds.labels(options.service, method.name, code).observe(seconds)
  options.log.debug({ correlationId, rpc: method.name, code, ms: Math.round(seconds * 1e5) / 100 }, 'served')
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
