import { objectOf } from '../net/answers.ts'
import { statusOf, withOutage } from '../net/outage.ts'
import { type Handler, type Incoming, type Reply, type Routes, routerOf } from '../net/router.ts'
import { BoundedMap } from '../world/bounded.ts'
import type { Deliveries } from '../world/deliveries.ts'
import type { Provider } from '../world/provider.ts'
import type { World } from '../world/world.ts'
import { type Airtel, type Body, marketIn, type Transaction, within } from './airtel.ts'
import { collect, enquire, forge, refund } from './collections.ts'
import { disburse, enquireDisbursement } from './disbursements.ts'
import { AirtelError, answer, outages, refusal, tokenRefused } from './envelope.ts'
import { startKeys } from './keys.ts'
import { startTokens } from './tokens.ts'
import { balance, user } from './users.ts'

const ROOT = '/airtel'
const TRANSACTIONS_KEPT = 20_000

/** Airtel Africa's Open API: collections, refunds, disbursements, users, encryption keys. */
export function startAirtel(world: World, deliveries: Deliveries): Provider {
  const transactions = new BoundedMap<string, Transaction>(TRANSACTIONS_KEPT)
  const airtel: Airtel = { world, tokens: startTokens(world), keys: startKeys(), deliveries, transactions }
  return {
    root: ROOT,
    handler: airtelHandler(airtel),
    forge: (payment, kind) => {
      const transaction = transactions.get(`collection ${payment.id}`)
      return transaction?.payment === payment ? forge(world, transaction, kind) : undefined
    },
    expireTokens: () => airtel.tokens.expireAll(),
    reset: () => {
      airtel.tokens.expireAll()
      transactions.clear()
    },
  }
}

function airtelHandler(airtel: Airtel): Handler {
  const { world } = airtel
  const router = routerOf(
    Object.fromEntries(
      Object.entries(routes(airtel)).map(([route, handler]) => [route.replace(' ', ` ${ROOT}`), handler]),
    ),
  )
  const reply = async (request: Incoming): Promise<Reply> => {
    try {
      const found = router.find(request.method, request.path)
      if (!found || found === 'method') throw new AirtelError(404, 'ROUTER005')
      return await found.handler({ ...request, params: found.params })
    } catch (error) {
      if (error instanceof AirtelError) return refusal(error)
      throw error
    }
  }
  return async (request) => {
    const { method, path } = request
    const body = readable(request)
    const arrival = { time: world.clock.now(), method, path, body: withoutSecrets(body), status: 0 }
    const scenario = world.scenarios.of(phoneOf(airtel, request, body))
    const given = await withOutage(world, scenario, 'airtel', outages, () => reply(request))
    world.arrivals.add({ ...arrival, status: statusOf(given) })
    return given
  }
}

function routes(airtel: Airtel): Routes {
  const plain =
    (handler: (request: Incoming) => Reply | Promise<Reply>): Handler =>
    (request) =>
      airtel.tokens.isRight(request) ? handler(request) : tokenRefused()
  const unsigned = (code: string, handler: (request: Incoming) => Reply | Promise<Reply>): Handler =>
    plain((request) => {
      if (airtel.world.scenarios.of().airtelSigned) throw new AirtelError(403, code)
      return handler(request)
    })
  const signed = (code: string, handler: (request: Incoming) => Reply | Promise<Reply>): Handler =>
    plain((request) => {
      const { 'x-signature': signature, 'x-key': key } = request.headers
      if (!airtel.keys.isSigned(request.body, String(signature), String(key))) throw new AirtelError(403, code)
      return handler(request)
    })
  const [mismatch, forbidden] = ['DP00800001026', 'DP00900001016']
  return {
    'POST /auth/oauth2/token': (request) => airtel.tokens.issue(request),
    'GET /v1/rsa/encryption-keys': plain((request) => encryptionKey(airtel, request)),
    'POST /merchant/v1/payments/': unsigned(mismatch, (request) => collect(airtel, request)),
    'POST /merchant/v2/payments/': signed(mismatch, (request) => collect(airtel, request)),
    'GET /standard/v1/payments/:id': plain((request) => enquire(airtel, request)),
    'POST /standard/v1/payments/refund': unsigned(mismatch, (request) => refund(airtel, request)),
    'POST /standard/v2/payments/refund': signed(mismatch, (request) => refund(airtel, request)),
    'POST /standard/v1/disbursements/': unsigned(forbidden, (request) => disburse(airtel, request)),
    'POST /standard/v2/disbursements/': signed(forbidden, (request) => disburse(airtel, request)),
    'GET /standard/v1/disbursements/:id': plain((request) => enquireDisbursement(airtel, request)),
    'GET /standard/v2/disbursements/:id': plain((request) => enquireDisbursement(airtel, request)),
    'GET /standard/v1/users/balance': plain((request) => balance(airtel, request)),
    'GET /standard/v1/users/:msisdn': plain((request) => user(airtel, request)),
  }
}

const DAY_MS = 86_400_000

function encryptionKey({ keys, world }: Airtel, { headers }: Incoming) {
  marketIn(headers)
  const until = new Date(world.clock.now().getTime() + 30 * DAY_MS).toISOString()
  const [year = '', month = '', day = ''] = until.slice(0, 10).split('-')
  const valid_upto = `${day}-${month}-${year} ${until.slice(11, 19)}`
  return answer('DP02010001001', { key_id: 100, key: keys.publicKey(), valid_upto })
}

function readable({ body }: Incoming): Body {
  try {
    return body.length > 0 ? objectOf(body) : {}
  } catch {
    return {}
  }
}

/** The log of arrivals is shown to tests and people: not even a sealed PIN, nor a client's secret, is kept in it. */
function withoutSecrets({ pin: _, client_secret: __, ...body }: Body): Body {
  return body
}

/** The phone that a request is about: named in its body, or by the id at the end of its path. */
function phoneOf({ transactions, world }: Airtel, request: Incoming, body: Body): string | undefined {
  const named = within(body, 'subscriber')['msisdn'] ?? within(body, 'payee')['msisdn']
  const last = request.path.split('/').at(-1) ?? ''
  const dialling = request.headers['x-country'] === 'KE' ? '254' : '250'
  if (typeof named === 'string') return dialling + named
  const receipt = within(body, 'transaction')['airtel_money_id']
  if (typeof receipt === 'string') return world.payments.findByReceipt(receipt)?.msisdn
  const kind = request.path.includes('/disbursements/') ? 'disbursement' : 'collection'
  return transactions.get(`${kind} ${last}`)?.payment.msisdn ?? (/^\d{9}$/.test(last) ? dialling + last : undefined)
}
