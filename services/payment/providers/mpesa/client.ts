import type { Context, Outbound, OutboundResponse } from '#kit'
import type { Settings } from '../../config.ts'
import type { Fields } from '../json.ts'
import { isUnwell, refusesToken } from './envelope.ts'
import { darajaTokens } from './token.ts'

/** Daraja's products that are used, each behind a circuit breaker of its own. */
const paths = {
  push: '/mpesa/stkpush/v1/processrequest',
  query: '/mpesa/stkpushquery/v1/query',
  pull: '/pulltransactions/v1/query',
  status: '/mpesa/transactionstatus/v1/query',
  reversal: '/mpesa/reversal/v1/request',
  payout: '/mpesa/b2c/v3/paymentrequest',
  register: '/mpesa/c2b/v2/registerurl',
} as const

/** One of Daraja's products. */
export type Product = keyof typeof paths

/** Sends JSON to Daraja with a valid token. */
export type DarajaClient = {
  /**
   * Answers of every status are answers; the caller reads them.
   *
   * @throws {OutboundError} when no answer came
   * @throws {TokenUnavailable} when nothing could be sent
   */
  post(product: Product, body: Fields): Promise<OutboundResponse>
  /** The certificate under which the initiator's password is sealed. @throws {OutboundError} */
  certificate(): Promise<string>
  /** Milliseconds until a product is tried again, when its circuit breaker is open. */
  openMs(product: Product): number | undefined
}

/** A client of the Daraja that the settings name. */
export function darajaClient(ctx: Pick<Context, 'http' | 'clock'>, settings: Settings): DarajaClient {
  const breaker = { failures: 5, halfOpenAfterMs: settings.breakerSeconds * 1000 }
  const shared = { baseUrl: settings.mpesaBaseUrl, timeoutMs: settings.mpesaTimeoutMs, breaker, isFault: isUnwell }
  const open = (name: string) => ctx.http({ ...shared, name: `mpesa-${name}` })
  const products = Object.fromEntries(Object.keys(paths).map((name) => [name, open(name)])) as Record<Product, Outbound>
  const tokenHttp = open('token')
  const consumer = { key: settings.mpesaConsumerKey, secret: settings.mpesaConsumerSecret }
  const tokens = darajaTokens(tokenHttp, ctx.clock, consumer)

  return {
    post: async (product, body) => {
      const send = (token: string) => sendWith(products[product], paths[product], token, body)
      const token = await tokens.current()
      const response = await send(token)
      if (!refusesToken(response)) return response
      // Refused before anything was done: once more with a new token is safe.
      tokens.discard(token)
      return send(await tokens.current())
    },
    certificate: async () => (await tokenHttp.send({ method: 'GET', path: '/cert' })).text,
    openMs: (product) => products[product].openMs() ?? tokenHttp.openMs(),
  }
}

function sendWith(http: Outbound, path: string, token: string, body: Fields): Promise<OutboundResponse> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return http.send({ method: 'POST', path, headers, body: JSON.stringify(body) })
}
