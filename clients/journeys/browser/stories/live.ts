import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { expect, test } from 'vitest'
import { TimetableService } from '#gen/tms/company/v1/timetable_service_pb.ts'
import { DriverReporter } from '../../../sdk/src/node.ts'
import { id } from '../../testing/world/companies.ts'
import { axeFaults, looks, type Page, phone, ready } from '../testing/chromium.ts'
import { approve, choose, goOn, hold, openTrip, press, ticket } from '../testing/passenger.ts'
import type { PortalTown } from '../testing/town.ts'
import type { Stage } from './stage.ts'

const PATIENT = { timeout: 20_000 }

/** Following the bus that one has a ticket for. */
export function liveStories(stage: () => Stage): void {
  test('the bus of a ticket moves on the map without a reload, says when it comes and when it was last seen, and is not shown to others [S1-51][S2-09][S2-67][S2-114][S2-115]', async () => {
    const { town, browser } = stage()
    const { page, context, foreign, faults } = await phone(browser, town.baseUrl, { moving: true })
    const tripId = await buy(page, town)
    const bus = await drivenBus(town, tripId)
    await bus.measure()
    await expect.poll(() => bus.arrivals(), PATIENT).toBeGreaterThan(0)

    await page.getByRole('link', { name: 'Where is my bus?' }).click()
    await page.locator('[data-map="ready"]').waitFor()
    await page.evaluate(() => (document.documentElement.dataset['sameDocument'] = 'yes'))
    await page
      .getByText(/^between \d\d:\d\d and \d\d:\d\d$/)
      .first()
      .waitFor()
    await page.locator('[data-stop="next"]').filter({ hasText: 'Musanze' }).waitFor()
    const marker = page.locator('[data-bus]')
    await marker.waitFor()
    await page.getByRole('button', { name: 'Show the bus' }).click()
    await expect.poll(() => stands(page), PATIENT).toBe(true)
    const before = await placeOf(page)
    await bus.measure()
    await page.locator('[data-live="live"]').waitFor()
    await expect.poll(async () => distance(before, await placeOf(page)), PATIENT).toBeGreaterThan(5)
    expect(await axeFaults(page)).toEqual([])
    await looks(page, 'live')

    // Into a valley without network, and out of it.
    await context.setOffline(true)
    town.live.cut()
    await page
      .locator('[data-live="silent"]')
      .getByText(/^Last seen at \d\d:\d\d$/)
      .waitFor()
    await page.getByText('Your connection was lost.', { exact: false }).waitFor()
    town.live.restore()
    await context.setOffline(false)
    await bus.measure()
    await page.locator('[data-live="live"]').waitFor()
    expect(await page.evaluate(() => document.documentElement.dataset['sameDocument'])).toBe('yes')

    const stranger = await phone(browser, town.baseUrl)
    await stranger.page.goto(page.url())
    await stranger.page.getByText('There is no such booking, or it belongs to somebody else.').waitFor()
    expect(await stranger.page.locator('[data-bus]').count()).toBe(0)
    await bus.stop()
    const live = `127.0.0.1:${town.live.port}`
    expect({ foreign: foreign.filter((url) => !url.includes(live)), faults }).toEqual({ foreign: [], faults: [] })
    await Promise.all([context.close(), stranger.context.close()])
  })
}

/** A seat on the bus that leaves soon. Returns its trip. */
async function buy(page: Page, town: PortalTown): Promise<string> {
  await page.goto(`/search?from=Kigali&to=Musanze&date=${town.today}`)
  await ready(page)
  await openTrip(page)
  const tripId = /\/trip\/([0-9a-f-]+)\//.exec(page.url())?.[1] ?? ''
  await choose(page, '2B')
  await goOn(page)
  await hold(page, '0788 500 051', 'Aline Uwase')
  await press(page)
  await approve(town, '+250788500051')
  await ticket(page)
  return tripId
}

const STEP_SECONDS = 10
const STEP_DEGREES = 0.0025

/** The bus of a trip, with a driver whose phone measures where it is: some hundred metres further each time. */
async function drivenBus({ suite, town, tenantId }: PortalTown, tripId: string) {
  const driverUserId = id()
  const manager = suite.client(TimetableService, { userId: id(), tenantId, permissions: ['company.*'] })
  await manager.assignDriver({ assignmentId: id(), tripId, driverUserId })
  await suite.settle()
  const driver = town.deviceWith(await suite.token({ userId: driverUserId, tenantId, permissions: [] }))
  const watcher = town.deviceWith(await suite.token({ userId: id(), tenantId, permissions: ['tracking.fleet.read'] }))
  const reporter = await DriverReporter.open(driver, { as: { tripId }, way: 'stream' })
  reporter.start()
  const { stops } = await watcher.tracking.getTripWay({ tripId })
  const { latitudeDegrees, longitudeDegrees } = stops[0]!.location!
  const startMs = suite.clock.now().getTime() - 60_000
  let steps = 0
  return {
    measure: async () => {
      steps++
      await reporter.record({
        sampleTime: timestampFromMs(startMs + steps * STEP_SECONDS * 1_000),
        latitudeDegrees: latitudeDegrees + steps * STEP_DEGREES,
        longitudeDegrees: longitudeDegrees - steps * STEP_DEGREES,
        accuracyMeters: 8,
        speedMetersPerSecond: 40,
      })
      await reporter.drained()
    },
    /** How many stops it is predicted at. */
    arrivals: async () => {
      await suite.runJob('tracking', 'predict-arrivals')
      return (await watcher.tracking.getTripArrivals({ tripId })).arrivals.length
    },
    stop: () => reporter.stop(),
  }
}

type Place = { readonly x: number; readonly y: number }

async function placeOf(page: Page): Promise<Place> {
  const { x, y } = (await page.locator('[data-bus]').boundingBox()) ?? { x: 0, y: 0 }
  return { x, y }
}

/** Whether the map has come to rest. */
async function stands(page: Page): Promise<boolean> {
  const [one, other] = [await placeOf(page), await placeOf(page)]
  return distance(one, other) === 0
}

const distance = (a: Place, b: Place) => Math.hypot(a.x - b.x, a.y - b.y)
