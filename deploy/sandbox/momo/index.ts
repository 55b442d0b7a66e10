import { objectOf } from '../net/answers.ts'
import { statusOf as httpStatusOf, withOutage } from '../net/outage.ts'
import { type Handler, type Incoming, type Reply, type Routes, routerOf } from '../net/router.ts'
import { BoundedMap } from '../world/bounded.ts'
import type { Deliveries } from '../world/deliveries.ts'
import type { Provider } from '../world/provider.ts'
import type { World } from '../world/world.ts'
import { products, startAccess } from './access.ts'
import { MomoError, notFound, outages, refusal } from './faults.ts'
import { active, balance, basicUserInfo } from './holders.ts'
import { refund, requestToPay, statusOf, transfer } from './movements.ts'
import { forge, type Momo, type MomoRequest } from './requests.ts'

const ROOT = '/momo'
const REQUESTS_KEPT = 20_000

/** MTN's MoMo Open API: collections, disbursements, account holders, provisioning. */
export function startMomo(world: World, deliveries: Deliveries): Provider {
  const requests = new BoundedMap<string, MomoRequest>(REQUESTS_KEPT)
  const momo: Momo = { world, access: startAccess(world), deliveries, requests, refunded: new Map() }
  return {
    root: ROOT,
    handler: momoHandler(momo),
    forge: (payment, kind) => {
      const request = requests.get(payment.id)
      return request?.payment === payment ? forge(world, request, kind) : undefined
    },
    expireTokens: () => momo.access.expireAll(),
    reset: () => {
      momo.access.reset()
      requests.clear()
      momo.refunded.clear()
    },
  }
}

function momoHandler(momo: Momo): Handler {
  const { world } = momo
  const router = routerOf(
    Object.fromEntries(Object.entries(routes(momo)).map(([route, handler]) => at(route, handler))),
  )
  const answer = async (request: Incoming): Promise<Reply> => {
    try {
      const found = router.find(request.method, request.path)
      if (!found || found === 'method') throw notFound()
      return await found.handler({ ...request, params: found.params })
    } catch (error) {
      if (error instanceof MomoError) return refusal(error)
      throw error
    }
  }
  return async (request) => {
    const { method, path } = request
    const arrival = { time: world.clock.now(), method, path, body: readable(request), status: 0 }
    const scenario = world.scenarios.of(phoneOf(momo, request))
    const reply = await withOutage(world, scenario, 'mtn', outages, () => answer(request))
    world.arrivals.add({ ...arrival, status: httpStatusOf(reply) })
    return reply
  }
}

function routes(momo: Momo): Routes {
  return {
    'POST /v1_0/apiuser': (request) => momo.access.createUser(request),
    'GET /v1_0/apiuser/:id': (request) => momo.access.showUser(request),
    'POST /v1_0/apiuser/:id/apikey': (request) => momo.access.createKey(request),
    'POST /collection/v1_0/requesttopay': (request) => requestToPay(momo, request),
    'GET /collection/v1_0/requesttopay/:reference': (request) => statusOf(momo, 'requesttopay', request),
    'POST /disbursement/v1_0/transfer': (request) => transfer(momo, request),
    'GET /disbursement/v1_0/transfer/:reference': (request) => statusOf(momo, 'transfer', request),
    'POST /disbursement/v1_0/refund': (request) => refund(momo, request),
    'GET /disbursement/v1_0/refund/:reference': (request) => statusOf(momo, 'refund', request),
    ...Object.fromEntries(products.flatMap((product) => Object.entries(productRoutes(momo, product)))),
  }
}

function productRoutes(momo: Momo, product: (typeof products)[number]): Routes {
  return {
    [`POST /${product}/token/`]: (request) => momo.access.issue(product, request),
    [`GET /${product}/v1_0/account/balance`]: (request) => balance(momo, product, request),
    [`GET /${product}/v1_0/account/balance/:currency`]: (request) => balance(momo, product, request),
    [`GET /${product}/v1_0/accountholder/msisdn/:msisdn/active`]: (request) => active(momo, product, request),
    [`GET /${product}/v1_0/accountholder/msisdn/:msisdn/basicuserinfo`]: (request) =>
      basicUserInfo(momo, product, request),
  }
}

function at(route: string, handler: Handler): [string, Handler] {
  const [method = '', path = ''] = route.split(' ')
  return [`${method} ${ROOT}${path}`, handler]
}

function readable({ body }: Incoming): Readonly<Record<string, unknown>> {
  try {
    return body.length > 0 ? objectOf(body) : {}
  } catch {
    return {}
  }
}

/** The phone that a request is about: named in its body, or by the reference id at the end of its path. */
function phoneOf(momo: Momo, request: Incoming): string | undefined {
  const body = readable(request)
  const party = (body['payer'] ?? body['payee']) as { partyId?: unknown } | undefined
  if (typeof party?.partyId === 'string') return party.partyId
  const refunded = body['referenceIdToRefund']
  const id = typeof refunded === 'string' ? refunded : request.path.split('/').at(-1)
  return momo.requests.get(id ?? '')?.party.partyId ?? /\/msisdn\/(\d+)\//.exec(request.path)?.[1]
}
