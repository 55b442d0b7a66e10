import type { Context, Outbound, OutboundResponse } from '#kit'
import type { Settings } from '../../config.ts'
import type { Fields } from '../json.ts'
import { type TokenSource, tokenSource } from '../token.ts'
import { codeIn, isUnwell } from './answers.ts'

/** What is created at MTN, each kind with its path and a circuit breaker of its own, and the product that it belongs to. */
const resources = {
  requesttopay: 'collection',
  transfer: 'disbursement',
  refund: 'disbursement',
} as const

/** A kind of thing that is created at MTN. */
export type Resource = keyof typeof resources
type Product = (typeof resources)[Resource]

/** Sends requests to MoMo, each with the token of its product. */
export type MomoClient = {
  /**
   * Answers of every status are answers; the caller reads them.
   *
   * @throws {OutboundError} when no answer came
   * @throws {TokenUnavailable} when nothing could be sent
   */
  create(resource: Resource, reference: string, body: Fields, callbackUrl: string): Promise<OutboundResponse>
  /** How something stands that was created under a reference id. Throws as `create`. */
  status(resource: Resource, reference: string): Promise<OutboundResponse>
  /** Whether a number has an active wallet, `active`, or whose it is, `basicuserinfo`. Throws as `create`. */
  holder(msisdn: string, what: 'active' | 'basicuserinfo'): Promise<OutboundResponse>
  /** Milliseconds until a kind is tried again, when its circuit breaker is open. */
  openMs(resource: Resource): number | undefined
}

type ProductAccess = { readonly tokens: TokenSource; readonly tokenHttp: Outbound; readonly subscriptionKey: string }

/** A client of the MoMo that the settings name. */
export function momoClient(ctx: Pick<Context, 'http' | 'clock'>, settings: Settings): MomoClient {
  const breaker = { failures: 5, halfOpenAfterMs: settings.breakerSeconds * 1000 }
  const shared = { baseUrl: settings.mtnBaseUrl, timeoutMs: settings.mtnTimeoutMs, breaker, isFault: isUnwell }
  const open = (name: string) => ctx.http({ ...shared, name: `mtn-${name}` })
  const creating = { requesttopay: open('requesttopay'), transfer: open('transfer'), refund: open('refund') }
  const asking = { collection: open('collection-status'), disbursement: open('disbursement-status') }
  const access: Record<Product, ProductAccess> = {
    collection: accessTo('collection', open('collection-token'), ctx, {
      user: settings.mtnCollectionUser,
      key: settings.mtnCollectionKey,
      subscriptionKey: settings.mtnCollectionSubscriptionKey,
    }),
    disbursement: accessTo('disbursement', open('disbursement-token'), ctx, {
      user: settings.mtnDisbursementUser,
      key: settings.mtnDisbursementKey,
      subscriptionKey: settings.mtnDisbursementSubscriptionKey,
    }),
  }

  const send = async (product: Product, http: Outbound, request: Parameters<Outbound['send']>[0]) => {
    const { tokens, subscriptionKey } = access[product]
    const sendWith = (token: string) => {
      const headers = {
        authorization: `Bearer ${token}`,
        'x-target-environment': settings.mtnTargetEnvironment,
        'ocp-apim-subscription-key': subscriptionKey,
        ...request.headers,
      }
      return http.send({ ...request, headers })
    }
    const token = await tokens.current()
    const response = await sendWith(token)
    if (response.status !== 401) return response
    // Refused before anything was done: once more with a new token is safe.
    tokens.discard(token)
    return sendWith(await tokens.current())
  }

  return {
    create: (resource, reference, body, callbackUrl) => {
      const product = resources[resource]
      const headers = {
        'content-type': 'application/json',
        'x-reference-id': reference,
        'x-callback-url': callbackUrl,
      }
      const path = `/${product}/v1_0/${resource}`
      return send(product, creating[resource], { method: 'POST', path, headers, body: JSON.stringify(body) })
    },
    status: (resource, reference) => {
      const product = resources[resource]
      return send(product, asking[product], { method: 'GET', path: `/${product}/v1_0/${resource}/${reference}` })
    },
    holder: (msisdn, what) => {
      const path = `/disbursement/v1_0/accountholder/msisdn/${msisdn}/${what}`
      return send('disbursement', asking.disbursement, { method: 'GET', path })
    },
    openMs: (resource) => creating[resource].openMs() ?? access[resources[resource]].tokenHttp.openMs(),
  }
}

type Credentials = { readonly user: string; readonly key: string; readonly subscriptionKey: string }

/** A product's tokens, by `POST /{product}/token/`: an hour long, several at once are valid. */
function accessTo(
  product: Product,
  tokenHttp: Outbound,
  { clock }: Pick<Context, 'clock'>,
  { user, key, subscriptionKey }: Credentials,
): ProductAccess {
  const headers = {
    authorization: `Basic ${Buffer.from(`${user}:${key}`).toString('base64')}`,
    'ocp-apim-subscription-key': subscriptionKey,
    // Without a length MTN's gateway answers 411.
    'content-length': '0',
  }
  const ask = () => tokenHttp.send({ method: 'POST', path: `/${product}/token/`, headers })
  return { tokens: tokenSource({ clock, ask, earlyMs: 60_000, faultIn: codeIn }), tokenHttp, subscriptionKey }
}
