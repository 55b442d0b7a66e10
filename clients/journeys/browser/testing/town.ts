import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { setTimeout as sleep } from 'node:timers/promises'
import { NetworkService } from '#gen/tms/company/v1/network_service_pb.ts'
import { ExchangeRateService } from '#gen/tms/payment/v1/exchange_rate_service_pb.ts'
import { TenantService } from '#gen/tms/tenant/v1/tenant_service_pb.ts'
import { addDays, reasonOf, serviceDateOf, serviceInstant } from '#kit'
import { startSuite, type Suite } from '#kit/testing'
import { companies } from '../../../../deploy/demo/companies.ts'
import { networkOf } from '../../../../deploy/demo/network.ts'
import { builtWeb } from '../../../../deploy/web/index.ts'
import { freePort } from '../../../../deploy/local/index.ts'
import { identity } from '../../../../services/identity.ts'
import { loadServices, serviceNames } from '../../../../services/roster.ts'
import { openTunnel, type Tunnel } from '../../../sdk/testing/tunnel.ts'
import { id } from '../../testing/world/companies.ts'
import { type Town, townWithGateway } from '../../testing/world/front_door.ts'

/** The whole suite with its portal, a small company that sells, and the phones of its passengers. */
export type PortalTown = {
  readonly suite: Suite
  readonly town: Town
  readonly baseUrl: string
  /** The network between browsers and the live node, which can fail as networks do. */
  readonly live: Tunnel
  readonly tenantId: string
  /** A day on which buses run that nobody has bought on yet. */
  readonly date: string
  /** A day on which nothing runs any more. */
  readonly yesterday: string
  /** A day of which buses are cancelled. */
  readonly dayAfter: string
  /** The day of the bus from Kigali to Musanze that leaves soon. */
  readonly today: string
  stop(): Promise<void>
}

const ATTEMPTS = 200
const ZONE = 'Africa/Kigali'
/** Soon, and late enough that the stories before do not miss it. */
const LEAD_MINUTES = 90

/** Starts everything; the clock begins at the present, as that of the browsers. */
export async function portalTown(): Promise<PortalTown> {
  const [webDir, town, services, livePort] = await Promise.all([
    builtWeb('.tms'),
    townWithGateway(),
    loadServices(serviceNames),
    freePort(),
  ])
  const live = await openTunnel(livePort)
  town.sandbox.scenario({ answer: 'manual' })
  const suite = await startSuite(services, false, {
    ...identity,
    now: new Date().toISOString(),
    env: {
      ...town.env,
      GATEWAY_WEB_DIR: webDir,
      TRACKING_LIVE_PORT: livePort.toString(),
      TRACKING_LIVE_URLS: `ws://127.0.0.1:${live.port}/live`,
      PAYPAL_RETURN_URL: `${town.baseUrl}/paypal/approved`,
      PAYPAL_CANCEL_URL: `${town.baseUrl}/paypal/cancelled`,
    },
    deliveries: 1,
    sendTwice: false,
  })
  const [opened] = await Promise.all([openSmallCompany(suite), setDollarRate(suite)])
  return {
    suite,
    town,
    live,
    baseUrl: town.baseUrl,
    ...opened,
    stop: async () => {
      await suite.stop()
      await live.stop()
      await town.stop()
    },
  }
}

/** A company of the demo with two lines; its manager and network are made as `npm start` makes them. */
async function openSmallCompany(
  suite: Suite,
): Promise<Pick<PortalTown, 'tenantId' | 'yesterday' | 'date' | 'dayAfter' | 'today'>> {
  const [, demo] = companies
  if (!demo) throw new Error('the demo has a second company')
  const today = serviceDateOf(suite.clock.now(), ZONE)
  const { tenantId, slug, name } = demo
  await suite.peer(TenantService, 'tenant').createTenant({
    tenantId,
    slug,
    name,
    country: 'RW',
    settings: { currency: 'RWF', timeZone: ZONE, languages: ['rw', 'en'] },
    manager: { value: { case: 'phone', value: '+250788000021' } },
  })
  const departures = { huye: ['7:15', '9:15', '13:45', '17:30'], rubavu: [soon(suite, today)] }
  const network = networkOf({ ...demo, departures }, today)
  const client = suite.peer(NetworkService, 'tenant')
  for (let attempt = 1; ; attempt++) {
    try {
      await client.provisionNetwork({ tenantId, network, generateDayCount: 3 })
      break
    } catch (err) {
      // The company service hears of a new company by an event.
      if (reasonOf(err) !== 'COMPANY_UNKNOWN' || attempt === ATTEMPTS) throw err
      await sleep(50)
    }
  }
  await suite.settle()
  const [yesterday, date, dayAfter] = [addDays(today, -1), addDays(today, 1), addDays(today, 2)]
  return { tenantId, yesterday, today, date, dayAfter }
}

/** A time of today's service, which may pass midnight. */
function soon(suite: Suite, today: string): string {
  const startMs = serviceInstant(today, 0, ZONE).getTime()
  const minutes = Math.ceil((suite.clock.now().getTime() - startMs) / 60_000) + LEAD_MINUTES
  return `${Math.floor(minutes / 60)}:${(minutes % 60).toString().padStart(2, '0')}`
}

/** PayPal takes no francs. */
async function setDollarRate(suite: Suite): Promise<void> {
  const staff = suite.client(ExchangeRateService, { userId: id(), roles: ['admin'], permissions: ['*'] })
  await staff.setExchangeRate({
    exchangeRateId: id(),
    fromCurrency: 'RWF',
    toCurrency: 'USD',
    rate: '0.0007',
    marginBasisPoints: 200,
    expireTime: timestampFromMs(suite.clock.now().getTime() + 86_400_000),
  })
}
