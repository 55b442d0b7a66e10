import { CircuitState } from 'cockatiel'
import { Agent as HttpAgent, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { currentCall } from '../call.ts'
import { breakerFor, type BreakerOptions, DEFAULT_BREAKER, isOpen } from '../rpc/breaker.ts'
import { privateLiteral, publicLookup } from './public_address.ts'

/** One outside system. */
export type OutboundOptions = {
  /** Names the target in errors and metrics. */
  readonly name: string
  readonly baseUrl: string
  readonly timeoutMs: number
  /** Whether only addresses of the public network are connected to: for targets that users choose. */
  readonly publicOnly?: boolean
  readonly breaker?: BreakerOptions
  /** Which answers say that the target is unwell and count for the breaker; every 5xx when left out. */
  readonly isFault?: (response: OutboundResponse) => boolean
}

export type OutboundRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** `latin1` keeps the bytes of an answer that is no text, one in each character; UTF-8 when left out. */
  readonly encoding?: 'utf8' | 'latin1'
}

export type OutboundResponse = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

/** A client of one outside system. Answers of every status are answers; the caller reads them. */
export interface Outbound {
  /** @throws {OutboundError} when no answer came */
  send(request: OutboundRequest): Promise<OutboundResponse>
  /** Milliseconds for which the open breaker refuses to try; undefined when the next request is tried. */
  openMs(): number | undefined
}

/**
 * No answer came from an outside system.
 *
 * `not-sent` says that the request did not reach it: it is safe to send again. `unknown` says that it may have.
 */
export class OutboundError extends Error {
  override readonly name = 'OutboundError'
  readonly outcome: 'not-sent' | 'unknown'
  /** True when the circuit breaker answered and nothing was tried. */
  readonly breakerOpen: boolean

  constructor(message: string, outcome: 'not-sent' | 'unknown', options: { cause?: unknown; breakerOpen?: boolean }) {
    super(message, { cause: options.cause })
    this.outcome = outcome
    this.breakerOpen = options.breakerOpen ?? false
  }
}

/** More than any provider answers. */
const MAX_RESPONSE_BYTES = 8 << 20
/** An answer has more bytes than anybody reads. */
export class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge'

  constructor() {
    super(`the answer has more than ${MAX_RESPONSE_BYTES >> 20} MB`)
  }
}

/** Faults at which nothing of the request can have arrived. */
const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])

/** A client with keep-alive, a timeout, and a circuit breaker; it never repeats a request by itself. */
export function outbound(options: OutboundOptions): Outbound {
  const { protocol } = new URL(options.baseUrl)
  const guard = options.publicOnly ? { lookup: publicLookup } : {}
  const agentOptions = { keepAlive: true, maxSockets: 256, scheduling: 'lifo' as const, ...guard }
  const agent = protocol === 'https:' ? new HttpsAgent(agentOptions) : new HttpAgent(agentOptions)
  const breakerOptions = options.breaker ?? DEFAULT_BREAKER
  const isFault = options.isFault ?? (({ status }: OutboundResponse) => status >= 500)
  const breaker = breakerFor(
    options.name,
    (err) => err instanceof OutboundError || err instanceof ServerFault,
    breakerOptions,
  )
  let openUntil = 0
  breaker.onBreak(() => {
    openUntil = performance.now() + breakerOptions.halfOpenAfterMs
  })
  return {
    openMs: () => {
      const left = openUntil - performance.now()
      return breaker.state === CircuitState.Open && left > 0 ? left : undefined
    },
    send: async (request) => {
      try {
        return await breaker.execute(async () => {
          const response = await exchange(options, agent, request)
          // Counts against the target, and is still an answer that the caller reads.
          if (isFault(response)) throw new ServerFault(response)
          return response
        })
      } catch (err) {
        if (err instanceof ServerFault) return err.response
        if (!isOpen(err)) throw err
        const message = `${options.name} failed repeatedly and is left alone for a while`
        throw new OutboundError(message, 'not-sent', { cause: err, breakerOpen: true })
      }
    },
  }
}

class ServerFault extends Error {
  readonly response: OutboundResponse

  constructor(response: OutboundResponse) {
    super(`status ${response.status}`)
    this.response = response
  }
}

function exchange(
  { name, baseUrl, timeoutMs, publicOnly }: OutboundOptions,
  agent: HttpAgent | HttpsAgent,
  { method, path, headers, body, encoding = 'utf8' }: OutboundRequest,
): Promise<OutboundResponse> {
  const { promise, resolve, reject } = Promise.withResolvers<OutboundResponse>()
  const url = new URL(`${baseUrl}${path}`)
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest
  const callerSignal = currentCall().signal
  const timeout = AbortSignal.timeout(timeoutMs)
  const signal = callerSignal ? AbortSignal.any([callerSignal, timeout]) : timeout
  const fail = (err: NodeJS.ErrnoException) => {
    const outcome = NOT_SENT.has(err.code ?? '') ? 'not-sent' : 'unknown'
    reject(new OutboundError(`${name} did not answer: ${err.message}`, outcome, { cause: err }))
  }
  // An address that is written out is not looked up.
  const literal = publicOnly ? privateLiteral(url.hostname) : undefined
  if (literal) {
    fail(literal)
    return promise
  }
  const request = send(url, { method, headers: { ...headers }, agent, signal }, (response) => {
    const chunks: Buffer[] = []
    let size = 0
    response.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > MAX_RESPONSE_BYTES) response.destroy(new AnswerTooLarge())
      chunks.push(chunk)
    })
    response.on('error', fail)
    response.on('end', () => {
      const text = Buffer.concat(chunks).toString(encoding)
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
    })
  })
  request.on('error', fail)
  request.end(body)
  return promise
}
