import { companies, type DemoPerson, platformPeople } from '../../deploy/demo/companies.ts'
import { networkOf } from '../../deploy/demo/network.ts'
import { NetworkService } from '#gen/tms/company/v1/network_service_pb.ts'
import { type Host, reasonOf, serviceDateOf } from '#kit'
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { seedAccounts } from '../auth/seed.ts'
import { seedDollarRate } from '../payment/seed.ts'
import { seedTenants } from '../tenant/seed.ts'
import { seedFeeds } from '../tracking/seed.ts'

const TIME_ZONE = 'Africa/Kigali'
const TRIP_DAYS = 14
const HEAR_WAIT_MS = 50
const HEAR_ATTEMPTS = 100
/** Makes the demo network when the suite starts for the first time; a start that was broken off begins it again. */
export async function seedOnFirstStart(host: Host, databaseUrl: string): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} })
  try {
    const [marker] = await sql<{ seeded: boolean }[]>`select to_regclass('demo.seeded') is not null as seeded`
    if (marker?.seeded) return
    const people = await seedPeople(host, platformPeople)
    for (const company of companies) await seedCompany(host, company)
    const tenantIds = companies.map(({ tenantId }) => tenantId)
    await seedFeeds(runtimeOf(host, 'tracking'), tenantIds)
    const staff = platformPeople.find(({ role }) => role === 'admin')
    await seedDollarRate(runtimeOf(host, 'payment'), people.get(staff?.phone ?? '') ?? '')
    await sql.unsafe('create schema if not exists demo; create table demo.seeded (seed_time timestamptz default now())')
  } finally {
    await sql.end()
  }
}

async function seedPeople(host: Host, people: readonly DemoPerson[]): Promise<Map<string, string>> {
  const accounts = people.map(({ role, ...account }) => ({
    ...account,
    roles: role === 'admin' ? [role] : [],
  }))
  const seeded = await seedAccounts(runtimeOf(host, 'auth') as unknown as Parameters<typeof seedAccounts>[0], accounts)
  return new Map(seeded.map(({ contact, userId }) => [contact, userId]))
}

async function seedCompany(host: Host, company: (typeof companies)[number]): Promise<void> {
  const userIds = await seedPeople(host, company.people)
  const members = company.people.map(({ phone, role }) => ({
    userId: userIds.get(phone) ?? '',
    role,
  }))
  const { tenantId, slug, name } = company
  const settings = { country: 'RW', currency: 'RWF', timeZone: TIME_ZONE, languages: ['rw', 'en', 'fr'] }
  await seedTenants(runtimeOf(host, 'tenant') as unknown as Parameters<typeof seedTenants>[0], [
    { tenantId, slug, name, ...settings, members },
  ])
  await provisionNetwork(host, company)
}

/** The company service hears of the tenant by event: until it has, it does not know for whom to write. */
async function provisionNetwork(host: Host, company: (typeof companies)[number]): Promise<void> {
  const today = serviceDateOf(new Date(), TIME_ZONE)
  const network = host.clientAs('demo', NetworkService)
  await host.runtimes.get('tenant')?.relay?.drain()
  for (let attempt = 0; ; attempt++) {
    try {
      await network.provisionNetwork({
        tenantId: company.tenantId,
        network: networkOf(company, today),
        generateDayCount: TRIP_DAYS,
      })
      return
    } catch (err) {
      if (reasonOf(err) !== 'COMPANY_UNKNOWN' || attempt === HEAR_ATTEMPTS) throw err
      await sleep(HEAR_WAIT_MS)
    }
  }
}

function runtimeOf(host: Host, service: string) {
  const runtime = host.runtimes.get(service)
  if (!runtime) throw new Error(`the demo needs ${service} in this process`)
  return runtime.ctx
}
