import { setTimeout as sleep } from 'node:timers/promises'
import { NetworkService } from '#gen/tms/company/v1/network_service_pb.ts'
import { TenantService } from '#gen/tms/tenant/v1/tenant_service_pb.ts'
import { addDays, reasonOf, serviceDateOf } from '#kit'
import { startSuite, type Suite } from '#kit/testing'
import { companies } from '../../../../deploy/demo/companies.ts'
import { networkOf } from '../../../../deploy/demo/network.ts'
import { builtWeb } from '../../../../deploy/web/index.ts'
import { identity } from '../../../../services/identity.ts'
import { loadServices, serviceNames } from '../../../../services/roster.ts'
import { type Town, townWithGateway } from '../../testing/world/front_door.ts'

/** The whole suite with its portal, a small company that sells, and the phones of its passengers. */
export type PortalTown = {
  readonly suite: Suite
  readonly town: Town
  readonly baseUrl: string
  /** The folder of the built portal. */
  readonly webDir: string
  /** A day on which buses run that nobody has bought on yet. */
  readonly date: string
  stop(): Promise<void>
}

const ATTEMPTS = 200

/** Starts everything; the clock begins at the present, as that of the browsers. */
export async function portalTown(): Promise<PortalTown> {
  const [webDir, town, services] = await Promise.all([builtWeb('.tms'), townWithGateway(), loadServices(serviceNames)])
  town.sandbox.scenario({ answer: 'manual' })
  const suite = await startSuite(services, false, {
    ...identity,
    now: new Date().toISOString(),
    env: { ...town.env, GATEWAY_WEB_DIR: webDir },
    deliveries: 1,
    sendTwice: false,
  })
  const date = await openSmallCompany(suite)
  return {
    suite,
    town,
    baseUrl: town.baseUrl,
    webDir,
    date,
    stop: async () => {
      await suite.stop()
      await town.stop()
    },
  }
}

/** A company of the demo with one line; its manager and network are made as `npm start` makes them. */
async function openSmallCompany(suite: Suite): Promise<string> {
  const [, demo] = companies
  if (!demo) throw new Error('the demo has a second company')
  const today = serviceDateOf(suite.clock.now(), 'Africa/Kigali')
  const { tenantId, slug, name } = demo
  await suite.peer(TenantService, 'tenant').createTenant({
    tenantId,
    slug,
    name,
    country: 'RW',
    settings: { currency: 'RWF', timeZone: 'Africa/Kigali', languages: ['rw', 'en'] },
    manager: { value: { case: 'phone', value: '+250788000021' } },
  })
  const network = networkOf({ ...demo, departures: { huye: ['7:15', '9:15', '13:45', '17:30'] } }, today)
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
  return addDays(today, 1)
}
