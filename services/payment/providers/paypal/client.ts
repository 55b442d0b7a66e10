import type { Context, Outbound, OutboundResponse } from '#kit'
import type { Settings } from '../../config.ts'
import { tokenSource } from '../token.ts'
import { faultIn, isUnwell } from './envelope.ts'

/** What PayPal is asked for, each with a circuit breaker of its own. */
export type PayPalOperation = 'orders' | 'refunds' | 'webhooks'

/** One request. */
export type PayPalRequest = {
  readonly operation: PayPalOperation
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** JSON text: a webhook is sent back byte for byte. */
  readonly body?: string
  /** Our own id of what is asked for: PayPal answers a repeat with the state of the first request. */
  readonly requestId?: string
}

/** Sends JSON to PayPal with a valid token. */
export type PayPalClient = {
  /**
   * Answers of every status are answers; the caller reads them.
   *
   * @throws {OutboundError} when no answer came
   * @throws {TokenUnavailable} when nothing could be sent
   */
  send(request: PayPalRequest): Promise<OutboundResponse>
  /** Milliseconds until an operation is tried again, when its circuit breaker is open. */
  openMs(operation: PayPalOperation): number | undefined
}

/** Tokens live for about nine hours: renewed this long before they run out. */
const EARLY_MS = 60_000

/** A client of the PayPal that the settings name. */
export function paypalClient(ctx: Pick<Context, 'http' | 'clock'>, settings: Settings): PayPalClient {
  const breaker = { failures: 5, halfOpenAfterMs: settings.breakerSeconds * 1000 }
  const shared = { baseUrl: settings.paypalBaseUrl, timeoutMs: settings.paypalTimeoutMs, breaker, isFault: isUnwell }
  const open = (name: string) => ctx.http({ ...shared, name: `paypal-${name}` })
  const operations: Record<PayPalOperation, Outbound> = {
    orders: open('orders'),
    refunds: open('refunds'),
    webhooks: open('webhooks'),
  }
  const tokenHttp = open('token')
  const tokens = tokenSource({
    clock: ctx.clock,
    ask: () => askForToken(tokenHttp, settings),
    earlyMs: EARLY_MS,
    faultIn: (response) => faultIn(response).code,
  })

  return {
    send: async (request) => {
      const token = await tokens.current()
      const response = await sendWith(operations[request.operation], token, request)
      if (response.status !== 401) return response
      // Refused before anything was done: once more with a new token is safe.
      tokens.discard(token)
      return sendWith(operations[request.operation], await tokens.current(), request)
    },
    openMs: (operation) => operations[operation].openMs() ?? tokenHttp.openMs(),
  }
}

/** `POST /v1/oauth2/token`, form-encoded. */
function askForToken(http: Outbound, { paypalClientId, paypalClientSecret }: Settings): Promise<OutboundResponse> {
  const basic = Buffer.from(`${paypalClientId}:${paypalClientSecret}`).toString('base64')
  return http.send({
    method: 'POST',
    path: '/v1/oauth2/token',
    headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials',
  })
}

function sendWith(
  http: Outbound,
  token: string,
  { method, path, body, requestId }: PayPalRequest,
): Promise<OutboundResponse> {
  const headers = {
    authorization: `Bearer ${token}`,
    // Demanded of empty requests too.
    'content-type': 'application/json',
    prefer: 'return=representation',
    ...(requestId !== undefined && { 'paypal-request-id': requestId }),
  }
  return http.send({ method, path, headers, ...(body !== undefined && { body }) })
}
