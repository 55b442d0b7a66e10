import { objectOf } from '../net/answers.ts'
import { type OutageAnswers, statusOf, withOutage } from '../net/outage.ts'
import { type Answer, type Handler, type Incoming, type Reply, routerOf } from '../net/router.ts'
import { isPayer } from '../world/countries.ts'
import { BoundedMap } from '../world/bounded.ts'
import type { FullScenario } from '../world/scenario.ts'
import type { Deliveries } from '../world/deliveries.ts'
import { isPush } from '../world/payments.ts'
import type { Provider } from '../world/provider.ts'
import type { World } from '../world/world.ts'
import { accountBalance } from './account_balance.ts'
import { b2cV1, b2cV3 } from './b2c.ts'
import { c2bRegister } from './c2b_register.ts'
import { c2bSimulate } from './c2b_simulate.ts'
import { startCredentialKey } from './credential.ts'
import type { Daraja } from './daraja.ts'
import { DarajaError, outages, refusal } from './errors.ts'
import { type Body, textOf } from './fields.ts'
import { forge, forgeriesOf } from './forgeries.ts'
import { pullTransactions } from './pull_transactions.ts'
import { reverse } from './reversal.ts'
import { stkPush } from './stk_push.ts'
import { stkQuery } from './stk_query.ts'
import { startTokens } from './tokens.ts'
import { transactionStatus } from './transaction_status.ts'

const DARAJA_ROOT = '/daraja'
const ORIGINATORS_KEPT = 20_000

type Product = (daraja: Daraja, body: Body) => Answer | Promise<Answer>

/** Every product that takes a token and JSON. */
const products: Readonly<Record<string, Product>> = {
  '/mpesa/stkpush/v1/processrequest': stkPush,
  '/mpesa/stkpushquery/v1/query': stkQuery,
  '/mpesa/c2b/v1/registerurl': (daraja, body) => c2bRegister(daraja, body, 'v1'),
  '/mpesa/c2b/v2/registerurl': (daraja, body) => c2bRegister(daraja, body, 'v2'),
  '/mpesa/c2b/v1/simulate': c2bSimulate,
  '/mpesa/c2b/v2/simulate': c2bSimulate,
  '/mpesa/b2c/v1/paymentrequest': b2cV1,
  '/mpesa/b2c/v3/paymentrequest': b2cV3,
  '/mpesa/transactionstatus/v1/query': transactionStatus,
  '/mpesa/accountbalance/v1/query': accountBalance,
  '/mpesa/reversal/v1/request': reverse,
  '/pulltransactions/v1/query': pullTransactions,
}

/** Safaricom's Daraja. */
export function startDaraja(world: World, deliveries: Deliveries): Provider {
  const daraja: Daraja = {
    world,
    tokens: startTokens(world),
    credentialKey: startCredentialKey(),
    deliveries,
    c2bUrls: new Map(),
    originators: new BoundedMap(ORIGINATORS_KEPT),
  }
  return {
    root: DARAJA_ROOT,
    handler: darajaHandler(daraja),
    forge: (payment, kind) => {
      const [known] = forgeriesOf(kind)
      return known && isPush(payment) ? forge(world, payment, known) : undefined
    },
    expireTokens: () => daraja.tokens.expireAll(),
    reset: () => {
      daraja.c2bUrls.clear()
      daraja.originators.clear()
    },
  }
}

/** Answers everything below `/daraja`, unless an outage does. */
function darajaHandler(daraja: Daraja): Handler {
  const { world } = daraja
  const router = routerOf({
    [`GET ${DARAJA_ROOT}/oauth/v1/generate`]: (request) => daraja.tokens.issue(request),
    [`GET ${DARAJA_ROOT}/cert`]: async () => ({
      status: 200,
      headers: PEM,
      body: await daraja.credentialKey.certificate(),
    }),
    ...Object.fromEntries(Object.entries(products).map(([path, product]) => route(daraja, path, product))),
  })
  const answer = async (request: Incoming): Promise<Reply> => {
    const found = router.find(request.method, request.path)
    if (found === 'method') throw new DarajaError('405.001', 'Method Not Allowed')
    if (!found) throw new DarajaError('404.001.01', 'Resource not found')
    return found.handler(request)
  }

  return async (request) => {
    const arrival = {
      time: world.clock.now(),
      method: request.method,
      path: request.path,
      body: bodyFor(request),
      status: 0,
    }
    const scenario = scenarioFor(daraja, arrival.body)
    const reply = await withOutage(world, scenario, 'mpesa', outageAnswers(world), () =>
      orRefusal(world, () => answer(request)),
    )
    world.arrivals.add({ ...arrival, status: statusOf(reply) })
    return reply
  }
}

const outageAnswers = ({ random }: World): OutageAnswers => ({
  maintenance: () => refusal(random, outages.maintenance),
  busy: () => refusal(random, outages.busy),
  quota: () => refusal(random, outages.quota),
})

const PEM = { 'content-type': 'application/x-pem-file' }

function route(daraja: Daraja, path: string, product: Product): [string, Handler] {
  const handler: Handler = (request) => {
    daraja.tokens.check(request.headers)
    return product(daraja, payloadOf(request.body))
  }
  return [`POST ${DARAJA_ROOT}${path}`, handler]
}

function payloadOf(body: Buffer): Body {
  try {
    return objectOf(body)
  } catch {
    throw new DarajaError('400.002.05', 'Invalid Request Payload')
  }
}

/** The body as far as it can be read, for the log of arrivals and to know whose scenario applies. */
function bodyFor(request: Incoming): Body {
  try {
    return request.body.length > 0 ? objectOf(request.body) : {}
  } catch {
    return {}
  }
}

/** The scenario of the phone that a request is about; everybody's when it is about none. */
function scenarioFor(daraja: Daraja, body: Body): FullScenario {
  const { world } = daraja
  const asked = world.payments.find(textOf(body, 'CheckoutRequestID'))?.msisdn
  const named = ['PhoneNumber', 'Msisdn', 'PartyB'].map((field) => textOf(body, field))
  return world.scenarios.of(asked ?? named.find((number) => isPayer(number, world.settings.countries)))
}

async function orRefusal(world: World, answer: () => Promise<Reply>): Promise<Reply> {
  try {
    return await answer()
  } catch (error) {
    if (error instanceof DarajaError) return refusal(world.random, error)
    throw error
  }
}
