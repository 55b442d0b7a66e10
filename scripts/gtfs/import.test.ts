import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { NetworkService } from '#gen/tms/company/v1/network_service_pb.ts'
import { TimetableService } from '#gen/tms/company/v1/timetable_service_pb.ts'
import { TenantService } from '#gen/tms/tenant/v1/tenant_service_pb.ts'
import { newUuidV7, UserError } from '#kit'
import { placements, type Suite } from '#kit/testing'
import auth from '../../services/auth/service.ts'
import company from '../../services/company/service.ts'
import tenant from '../../services/tenant/service.ts'
import { importFeed } from './import.ts'
import type { Progress } from './progress.ts'
import { FeedRefused } from './report.ts'
import type { ClientOf } from './session.ts'
import { summaryOf } from './summary.ts'

const KIGALI = '../shared/data/gtfs-kigali-2024/kigali_rura_2024-07.zip'
const NAIROBI = '../shared/data/gtfs-nairobi-2019/nairobi_digital_matatus_2019.zip'
const RAILWAYS = '../shared/data/gtfs-kenya-railways-2024/kenya_railways_2024-07.zip'

const services = [auth, tenant, company]
const quiet: Progress = { show: () => undefined, end: () => undefined }

/** A company made through the tenant service, and its manager's clients. */
async function aCompany(suite: Suite, slug: string, currency: string, timeZone: string): Promise<ClientOf> {
  const tenantId = newUuidV7(Date.now())
  const admin = suite.client(TenantService, { userId: newUuidV7(Date.now()), permissions: ['*'] })
  const settings = { currency, timeZone, languages: ['en'] }
  const manager = { value: { case: 'phone' as const, value: '+250788000777' } }
  await admin.createTenant({ tenantId, slug, name: slug, country: 'RW', settings, manager })
  await suite.settle()
  const who = { userId: newUuidV7(Date.now()), tenantId, permissions: ['company.*', 'tenant.settings.read'] }
  return (service) => suite.client(service, who)
}

const totals = (changes: readonly { createdCount: number; updatedCount: number; unchangedCount: number }[]) => ({
  created: changes.reduce((sum, one) => sum + one.createdCount, 0),
  updated: changes.reduce((sum, one) => sum + one.updatedCount, 0),
  unchanged: changes.reduce((sum, one) => sum + one.unchangedCount, 0),
})

if (!existsSync(KIGALI)) console.log('skipped: the real feeds are not in ../shared/data')
const withFeeds: typeof placements = existsSync(KIGALI) ? placements : (title) => test.skip(title)

withFeeds(
  "Kigali's feed becomes a company's network; again it changes nothing; no trip is invented [S1-19]",
  services,
  async (suite) => {
    const client = await aCompany(suite, 'kigali-city', 'RWF', 'Africa/Kigali')
    const order = { file: KIGALI, companySlug: 'kigali-city', dayCount: 2 }
    const first = await importFeed(async () => client, order, quiet, suite.clock.now())
    expect(totals(first.changes)).toEqual({ created: 523 + 60 + 120 + 1 + 120, updated: 0, unchanged: 0 })
    expect(first.trips).toMatchObject({ createdCount: 0, withoutDeparturesCount: 120 })
    const again = await importFeed(async () => client, order, quiet, suite.clock.now())
    expect(totals(again.changes)).toEqual({ created: 0, updated: 0, unchanged: 523 + 60 + 120 + 1 + 120 })
    const summary = summaryOf(again)
    expect(summary).toContain('stops                523 (0 new, 0 changed, 523 unchanged)')
    expect(summary).toContain('120 × no departure times: no trips are generated')
    const { routes } = await client(NetworkService).listRoutes({ query: 'nyabugogo', pageSize: 200 })
    expect(routes.length).toBeGreaterThan(5)
    expect(routes[0]?.patterns[0]?.pathPolyline).not.toBe('')
    const other = importFeed(async () => client, { ...order, companySlug: 'another' }, quiet, suite.clock.now())
    await expect(other).rejects.toThrow(UserError)
  },
)

withFeeds(
  'Kenya Railways: fares by pair of stops, 22 rides without one stay so, the night train keeps its service date',
  services,
  async (suite) => {
    const client = await aCompany(suite, 'railways', 'KES', 'Africa/Nairobi')
    const order = { file: RAILWAYS, companySlug: 'railways', dayCount: 1 }
    await importFeed(async () => client, order, quiet, suite.clock.now())
    const timetable = client(TimetableService)
    const { trips } = await timetable.listTrips({ fromDate: '2026-11-20', toDate: '2026-11-20', pageSize: 50 })
    expect(trips).toHaveLength(12) // a Friday: all of them run
    const night = trips.filter(({ calls }) => calls.at(-1)?.arrivalSeconds === 27 * 3600 + 35 * 60)
    expect(night.map(({ serviceDate }) => serviceDate)).toEqual(['2026-11-20', '2026-11-20'])
    expect(night[0]?.arrivalTime?.seconds).toBe(BigInt(Date.parse('2026-11-21T03:35:00+03:00') / 1000))

    const schedules = (await timetable.listSchedules({ pageSize: 50 })).schedules
    let [rides, unpriced] = [0, 0]
    for (const { patternId } of schedules) {
      const { entries } = await client(NetworkService).getFareTable({ patternId, serviceDate: '2026-11-20' })
      const standard = entries.filter(({ seatClass }) => seatClass === 1)
      rides += standard.length
      unpriced += standard.filter(({ price }) => price === undefined).length
      expect(standard.filter(({ price }) => price?.units === 0n)).toEqual([])
    }
    expect([rides, unpriced]).toEqual([130, 22])
  },
)

withFeeds(
  'a company that sells in francs takes the trains and not their fares in shillings, and is told so',
  services,
  async (suite) => {
    const client = await aCompany(suite, 'ikivu', 'RWF', 'Africa/Kigali')
    const order = { file: RAILWAYS, companySlug: 'ikivu', dayCount: 1 }
    const outcome = await importFeed(async () => client, order, quiet, suite.clock.now())
    expect(summaryOf(outcome)).toContain(
      '92 × fare in KES: the company sells in RWF (fare_attributes.txt line 2 and on)',
    )
    const { trips } = await client(TimetableService).listTrips({ pageSize: 1 })
    expect(trips[0]?.timeZone).toBe('Africa/Nairobi')
  },
)

withFeeds(
  'Nairobi: a template makes a departure for each headway of its windows, none of the eight without',
  services,
  async (suite) => {
    const client = await aCompany(suite, 'matatus', 'KES', 'Africa/Nairobi')
    const order = { file: NAIROBI, companySlug: 'matatus', dayCount: 0 }
    const { changes } = await importFeed(async () => client, order, quiet, suite.clock.now())
    expect(totals(changes)).toEqual({ created: 4284 + 136 + 272 + 1 + 272, updated: 0, unchanged: 0 })
    const timetable = client(TimetableService)
    const schedules = []
    for (let pageToken = '', more = true; more; more = pageToken !== '') {
      const page = await timetable.listSchedules({ pageSize: 200, pageToken })
      schedules.push(...page.schedules)
      pageToken = page.nextPageToken
    }
    expect(schedules.filter(({ departures }) => departures?.windows.length === 0)).toHaveLength(8)
    const scheduleId = schedules.find(({ gtfsTripId }) => gtfsTripId === '10106110')!.scheduleId
    await timetable.generateTrips({ fromDate: '2020-06-01', dayCount: 1, scheduleId })
    const { trips } = await timetable.listTrips({ scheduleId, pageSize: 200 })
    // 6:00 to 9:00 and 15:00 to 21:00 every five minutes, between them every quarter of an hour
    expect(trips).toHaveLength(36 + 24 + 72)
  },
  { sendTwice: false },
)

placements('a feed that is refused leaves the company as before', services, async (suite) => {
  const client = await aCompany(suite, 'ikivu', 'RWF', 'Africa/Kigali')
  const folder = mkdtempSync(join(tmpdir(), 'tms-feed-'))
  try {
    const file = join(folder, 'feed.zip')
    writeFileSync(file, 'this is no zip')
    const order = { file, companySlug: 'ikivu', dayCount: 1 }
    await expect(importFeed(async () => client, order, quiet, suite.clock.now())).rejects.toThrow(FeedRefused)
    expect((await client(NetworkService).listStops({})).stops).toEqual([])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
