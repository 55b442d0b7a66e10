/**
 * The outside world on loopback: Safaricom's Daraja, Africa's Talking's SMS and an SMTP server, speaking the providers'
 * own wire protocols, with virtual phones that a person (on the page) or a test (by this module) can answer.
 */
import { startAirtel } from './airtel/index.ts'
import { controlOf, type Control } from './control/control.ts'
import { controlRoutes } from './control/routes.ts'
import { startDaraja } from './daraja/index.ts'
import { startMailSink } from './mail/sink.ts'
import { startMomo } from './momo/index.ts'
import { text } from './net/answers.ts'
import { type Handler, type Routes, routerOf } from './net/router.ts'
import { sameOriginOnly } from './net/same_origin.ts'
import { type HttpPort, openHttpPort } from './net/server.ts'
import { pageRoutes } from './page/routes.ts'
import { type PayPalControl, startPayPal } from './paypal/index.ts'
import { smsHandler, SMS_ROOT } from './sms/messaging.ts'
import { startDeliveries } from './world/deliveries.ts'
import type { Provider } from './world/provider.ts'
import { type Clock, defaults, type Settings } from './world/settings.ts'
import { startWorld, type World } from './world/world.ts'

export type { Control, PhoneControl } from './control/control.ts'
export type { Arrival } from './world/arrivals.ts'
export type { Mail } from './world/mailboxes.ts'
export type { MoneyTotals, Payment } from './world/payments.ts'
export type { Sms } from './world/phones.ts'
export type { Scenario } from './world/scenario.ts'
export type { Business, Clock, DemoPhone } from './world/settings.ts'

export type SandboxOptions = Partial<Settings> & {
  /** 0 takes any free port. */
  readonly port?: number
  readonly smtpPort?: number
  readonly host?: string
  /** Makes ids, receipts and random delays the same on every run. */
  readonly seed?: number
  readonly clock?: Clock
  /** Where SMS delivery reports are posted, as typed into Africa's Talking's dashboard. */
  readonly smsReportUrl?: string
  /** Where Airtel calls back, as typed into its portal. */
  readonly airtelCallbackUrl?: string
  /** Where PayPal's webhooks are posted, as typed into its dashboard. */
  readonly paypalWebhookUrl?: string
}

export type Sandbox = Control & {
  /** Root of the page and of the providers: Daraja is at `${baseUrl}/daraja`, SMS at `${baseUrl}/africastalking`. */
  readonly baseUrl: string
  readonly smtpUrl: string
  readonly paypal: PayPalControl
  /** Closes the port, so that connections are refused, until the function it returns is called. */
  refuseConnections(): Promise<() => Promise<void>>
  /** Ends timers, connections and servers; nothing keeps the process alive afterwards. */
  stop(): Promise<void>
}

const systemClock: Clock = { now: () => new Date() }

/** @throws {Error} one sentence, when a port is taken. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { port = 8090, smtpPort = 8025, host = '127.0.0.1', seed, clock = systemClock } = options
  const world = startWorld(settingsIn(options), clock, seed)
  world.dashboard.reportUrl = options.smsReportUrl ?? ''
  world.dashboard.airtelCallbackUrl = options.airtelCallbackUrl ?? ''
  const deliveries = startDeliveries(world)
  const paypal = startPayPal(world, deliveries)
  paypal.control.webhookTo(options.paypalWebhookUrl ?? '')
  const providers = [
    startDaraja(world, deliveries),
    startMomo(world, deliveries),
    startAirtel(world, deliveries),
    paypal,
  ]
  const control = controlOf(world, deliveries, providers)

  const refuseFor = (forMs: number) => refuseLater(world, http, forMs)
  const own = { ...controlRoutes(world, control, refuseFor), ...pageRoutes(world, control) }
  const handler = dispatcher(providers, smsHandler(world), own)
  const http: HttpPort = await openHttpPort(host, port, handler)
  const mail = await startMailSink(world, host, smtpPort).catch(async (error: unknown) => {
    await http.close()
    throw error
  })

  return {
    ...control,
    paypal: paypal.control,
    baseUrl: `http://${host}:${http.port}`,
    smtpUrl: `smtp://${host}:${mail.port}`,
    refuseConnections: async () => {
      await http.close()
      return http.reopen
    },
    stop: async () => {
      world.timers.stop()
      world.poster.stop()
      await Promise.all([http.close(), mail.stop()])
    },
  }
}

function settingsIn(options: SandboxOptions): Settings {
  const given = Object.entries(options).filter(([name, value]) => name in defaults && value !== undefined)
  return { ...defaults, ...Object.fromEntries(given) }
}

/** Providers by their root, then the sandbox's own pages and control API, which no other web site may use. */
function dispatcher(providers: readonly Provider[], sms: Handler, own: Routes): Handler {
  const router = routerOf(own)
  const ownHandler = sameOriginOnly((request) => {
    const found = router.find(request.method, request.path)
    if (found === 'method') return text(405, 'Method Not Allowed')
    if (!found) return text(404, 'There is nothing here. The page is at /')
    return found.handler({ ...request, params: found.params })
  })
  return (request) => {
    const provider = providers.find(({ root }) => request.path.startsWith(`${root}/`))
    if (provider) return provider.handler(request)
    if (request.path.startsWith(`${SMS_ROOT}/`)) return sms(request)
    return ownHandler(request)
  }
}

/** Long enough for the answer to the request that asked for it. */
const GRACE_MS = 50

function refuseLater({ timers }: World, http: HttpPort, forMs: number): void {
  timers.after(GRACE_MS, () => {
    void http.close()
    timers.after(forMs, () => void http.reopen())
  })
}
