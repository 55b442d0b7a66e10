import { objectOf } from '../net/answers.ts'
import { type OutageAnswers, statusOf, withOutage } from '../net/outage.ts'
import { type Handler, type Incoming, type Reply, routerOf } from '../net/router.ts'
import { sameOriginOnly } from '../net/same_origin.ts'
import type { Deliveries } from '../world/deliveries.ts'
import type { Provider } from '../world/provider.ts'
import type { World } from '../world/world.ts'
import { type PayPalControl, paypalControl } from './control.ts'
import { mocked, notFound, PayPalError, refusal } from './errors.ts'
import { captureOrder, createOrder, showOrder } from './orders.ts'
import { answerApproval, approvalPage, returnedPage } from './page.ts'
import { baseUrlOf, type PayPal, PAYPAL_ROOT } from './paypal.ts'
import { refundCapture, showRefund } from './refunds.ts'
import { startSigningKey } from './signing_key.ts'
import { startOrders } from './store.ts'
import { startTokens } from './tokens.ts'
import { CERT_ID, verifySignature } from './webhooks.ts'

export type { PayPalControl } from './control.ts'

type Endpoint = (paypal: PayPal, request: Incoming) => Reply | Promise<Reply>

/** Everything that takes a token. */
const api: Readonly<Record<string, Endpoint>> = {
  'POST /v2/checkout/orders': createOrder,
  'GET /v2/checkout/orders/:id': showOrder,
  'POST /v2/checkout/orders/:id/capture': captureOrder,
  'POST /v2/payments/captures/:id/refund': refundCapture,
  'GET /v2/payments/refunds/:id': showRefund,
  'POST /v1/notifications/verify-webhook-signature': verifySignature,
}

/** What a browser sees, and the certificate that anybody may read. */
const open: Readonly<Record<string, Endpoint>> = {
  'GET /checkoutnow': approvalPage,
  'POST /checkoutnow/:id/:action': answerApproval,
  'GET /returned': returnedPage,
  [`GET /v1/notifications/certs/${CERT_ID}`]: async ({ signingKey }) => ({
    status: 200,
    headers: { 'content-type': 'application/x-pem-file' },
    body: await signingKey.certificate(),
  }),
}

/** PayPal: Orders v2, refunds, webhooks, and the page on which a payer approves. */
export function startPayPal(world: World, deliveries: Deliveries): Provider & { readonly control: PayPalControl } {
  const paypal: PayPal = {
    world,
    deliveries,
    tokens: startTokens(world),
    orders: startOrders(world.random),
    signingKey: startSigningKey(),
    webhook: { url: '', id: 'WH-SANDBOX' },
    address: { baseUrl: `http://127.0.0.1:8090${PAYPAL_ROOT}` },
  }
  return {
    root: PAYPAL_ROOT,
    handler: paypalHandler(paypal),
    forge: () => undefined, // its lies are told by `control`: they are signed
    expireTokens: () => paypal.tokens.expireAll(),
    reset: () => paypal.orders.reset(),
    control: paypalControl(paypal),
  }
}

function paypalHandler(paypal: PayPal): Handler {
  const { world } = paypal
  const browser = routerOf(routes(paypal, open))
  const endpoints = routerOf({
    ...routes(paypal, api),
    [`POST ${PAYPAL_ROOT}/v1/oauth2/token`]: (request) => paypal.tokens.issue(request),
  })
  const fromBrowser = sameOriginOnly((request) => answer(browser, request))
  const fromShop = (request: Incoming) =>
    withOutage(world, world.scenarios.of(), 'paypal', outageAnswers(world), async () => {
      const isToken = request.path.endsWith('/v1/oauth2/token')
      return (isToken ? undefined : paypal.tokens.refusal(request.headers)) ?? (await answer(endpoints, request))
    })

  const answer = async (router: ReturnType<typeof routerOf>, request: Incoming): Promise<Reply> => {
    try {
      const found = router.find(request.method, request.path)
      if (!found || found === 'method') throw notFound()
      refuseWhenMocked(request)
      return await found.handler({ ...request, params: found.params })
    } catch (error) {
      if (error instanceof PayPalError) return refusal(world.random, error)
      throw error
    }
  }

  return async (request) => {
    paypal.address.baseUrl = baseUrlOf(request)
    if (typeof browser.find(request.method, request.path) === 'object') return fromBrowser(request)
    const arrival = { time: world.clock.now(), method: request.method, path: request.path, body: bodyFor(request) }
    const reply = await fromShop(request)
    world.arrivals.add({ ...arrival, status: statusOf(reply) })
    return reply
  }
}

function routes(paypal: PayPal, endpoints: Readonly<Record<string, Endpoint>>): Record<string, Handler> {
  const entries = Object.entries(endpoints).map(([route, endpoint]): [string, Handler] => {
    const [method, path] = route.split(' ')
    return [`${method} ${PAYPAL_ROOT}${path}`, (request) => endpoint(paypal, request)]
  })
  return Object.fromEntries(entries)
}

/** PayPal's own negative testing: the header names the issue that the call is to end with. */
function refuseWhenMocked({ headers }: Incoming): void {
  const mock = headers['paypal-mock-response']
  if (typeof mock !== 'string') return
  const { mock_application_codes: code } = objectOf(Buffer.from(mock))
  if (typeof code === 'string') throw mocked(code)
}

const outageAnswers = ({ random }: World): OutageAnswers => ({
  maintenance: () => refusal(random, mocked('SERVICE_UNAVAILABLE')),
  busy: () => refusal(random, mocked('INTERNAL_SERVER_ERROR')),
  quota: () => refusal(random, mocked('RATE_LIMIT_REACHED')),
})

/** The body as far as it can be read, for the log of arrivals; a client's secret is in none. */
function bodyFor({ body }: Incoming): Record<string, unknown> {
  try {
    return body.length > 0 ? objectOf(body) : {}
  } catch {
    return {}
  }
}
