import type { IncomingHttpHeaders } from 'node:http'
import { json } from '../net/answers.ts'
import type { Answer, Incoming } from '../net/router.ts'
import { ALPHANUMERIC, HEX } from '../world/random.ts'
import type { World } from '../world/world.ts'
import { denied, duplicate, lengthRequired, loginFailed, malformed, notFound, tokenRefused } from './faults.ts'

export const products = ['collection', 'disbursement', 'remittance'] as const
export type Product = (typeof products)[number]

type ApiUser = { readonly id: string; readonly callbackHost: string; key: string }
type Token = { readonly user: ApiUser; readonly product: Product; readonly expireMs: number; usesLeft: number }

/** Who may call: API users with their keys, and the tokens that they were given. */
export type Access = {
  /** `POST /v1_0/apiuser`, `GET /v1_0/apiuser/:id`, `POST /v1_0/apiuser/:id/apikey` */
  createUser(request: Incoming): Answer
  showUser(request: Incoming): Answer
  createKey(request: Incoming): Answer
  /** `POST /{product}/token/` */
  issue(product: Product, request: Incoming): Answer
  /** Whose token a request to a product carries. @throws {MomoError} when it has none that is right */
  check(product: Product, headers: IncomingHttpHeaders): ApiUser
  expireAll(): void
  reset(): void
}

const V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i

/** The reference id of a request. @throws {MomoError} when it is no version 4 UUID */
export function referenceIn(headers: IncomingHttpHeaders): string {
  const id = String(headers['x-reference-id'] ?? '')
  if (!V4.test(id)) throw malformed()
  return id.toLowerCase()
}

export function startAccess(world: World): Access {
  const users = new Map<string, ApiUser>()
  const tokens = new Map<string, Token>()
  const reset = () => {
    users.clear()
    tokens.clear()
    // In production the portal makes user and key: this one is there from the start.
    const { user } = world.settings.momo
    users.set(user.id, { ...user })
  }
  reset()

  const userOf = ({ params }: Incoming) => {
    const user = users.get(params.id ?? '')
    if (!user) throw notFound()
    return user
  }
  return {
    createUser: ({ headers, body }) => {
      checkSubscription(world, headers)
      const id = referenceIn(headers)
      if (users.has(id)) throw duplicate()
      const callbackHost = hostIn(body)
      users.set(id, { id, callbackHost, key: '' })
      return { status: 201 }
    },
    showUser: (request) => {
      checkSubscription(world, request.headers)
      const { callbackHost } = userOf(request)
      return json(200, { providerCallbackHost: callbackHost, targetEnvironment: 'sandbox' })
    },
    createKey: (request) => {
      checkSubscription(world, request.headers)
      const user = userOf(request)
      if (request.headers['content-length'] === undefined) return lengthRequired()
      user.key = world.random.text(HEX, 32)
      return json(201, { apiKey: user.key })
    },
    issue: (product, { headers }) => {
      checkSubscription(world, headers)
      if (headers['content-length'] === undefined) return lengthRequired()
      const [id = '', key = ''] = basicOf(headers.authorization)
      const user = users.get(id)
      if (!user || key === '' || user.key !== key) throw loginFailed()
      const { tokenLifeMs, tokenUses } = world.scenarios.of()
      const value = `eyJ0eXAiOiJKV1QiLCJhbGciOiJSMjU2In0.${world.random.text(ALPHANUMERIC, 80)}`
      const expireMs = world.clock.now().getTime() + tokenLifeMs
      tokens.set(value, { user, product, expireMs, usesLeft: tokenUses || Infinity })
      const expires_in = Math.max(1, Math.floor(tokenLifeMs / 1000))
      return json(200, { access_token: value, token_type: 'access_token', expires_in })
    },
    check: (product, headers) => {
      checkSubscription(world, headers)
      const token = tokens.get(/^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1] ?? '')
      const good = token?.product === product && token.expireMs > world.clock.now().getTime() && token.usesLeft > 0
      if (!token || !good) throw tokenRefused()
      token.usesLeft -= 1
      return token.user
    },
    expireAll: () => tokens.clear(),
    reset,
  }
}

function checkSubscription(world: World, headers: IncomingHttpHeaders): void {
  const key = String(headers['ocp-apim-subscription-key'] ?? '')
  if (key === '') throw denied('missing')
  const { subscriptionKey } = world.settings.momo
  if (subscriptionKey !== undefined && key !== subscriptionKey) throw denied('invalid')
}

function basicOf(authorization = ''): string[] {
  const credentials = /^Basic ([A-Za-z0-9+/=]+)$/.exec(authorization)?.[1] ?? ''
  return Buffer.from(credentials, 'base64').toString('utf8').split(':')
}

/** A bare host: no scheme, no path. */
function hostIn(body: Buffer): string {
  const found = /"providerCallbackHost"\s*:\s*"([^"/:\s]+)"/.exec(body.toString('utf8'))?.[1]
  if (found === undefined) throw malformed()
  return found
}
