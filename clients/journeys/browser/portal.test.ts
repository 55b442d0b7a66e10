// What passengers live through, in a real Chromium, against the whole suite. All share one suite and one browser.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { QrService } from '#gen/tms/qr/v1/qr_service_pb.ts'
import { importTicketKeys, readTicket } from '../../sdk/src/tickets/index.ts'
import { scan } from '../testing/world/scanner.ts'
import { accountStories } from './stories/account.ts'
import { choiceStories, lateChoiceStory } from './stories/choice.ts'
import { foundStories } from './stories/found.ts'
import { hardshipStories } from './stories/hardship.ts'
import { helpStories } from './stories/help.ts'
import { liveStories } from './stories/live.ts'
import { paymentStories } from './stories/payment.ts'
import { ticketStories } from './stories/ticket.ts'
import {
  axeFaultsInBothLooks,
  type Browser,
  chromiumPath,
  launch,
  looks,
  phone,
  ready,
  scriptBytes,
  shot,
} from './testing/chromium.ts'
import {
  approve,
  choose,
  goOn,
  hold,
  holdSeats,
  openTrip,
  payButton,
  press,
  search,
  ticket,
} from './testing/passenger.ts'
import { type PortalTown, portalTown } from './testing/town.ts'

const LIMIT_MS = 120_000

if (chromiumPath === undefined) {
  test.skip('the portal in a browser: there is no Chromium here; `apt-get install chromium` brings it')
} else {
  describe('the portal in a browser', { timeout: LIMIT_MS }, stories)
}

function stories(): void {
  let town: PortalTown
  let browser: Browser

  beforeAll(async () => {
    ;[town, browser] = await Promise.all([portalTown(), launch()])
  }, LIMIT_MS)

  afterAll(async () => {
    await browser?.close()
    await town?.stop()
  }, LIMIT_MS)

  // Each has a browser context, seats and a phone of its own, so that two of them wait at the same time.
  describe.concurrent('while time stands still', () => {
    test('a passenger who types with slips of the keys searches, chooses, pays and holds a ticket that scans; axe finds nothing serious on any page, light or dark [S1-55][S2-60][S2-61][S2-68][S2-134][S3-61]', async () => {
      const { page, context, foreign, faults } = await phone(browser, town.baseUrl)
      const serious: string[] = []
      const judge = async () => serious.push(...(await axeFaultsInBothLooks(page)))
      await page.goto('/')
      await ready(page)
      expect(await scriptBytes(page)).toBeLessThan(150_000)
      // React names the element that it has taken over.
      const marks = await page.evaluate(() => Object.keys(document.getElementById('app') ?? {}))
      expect(marks.filter((name) => name.startsWith('__reactContainer$'))).toHaveLength(1)
      await judge()
      for (const [label, typed] of [
        ['From', 'kigaly'],
        ['To', 'butare'],
      ] as const) {
        await page.getByLabel(label, { exact: true }).focus()
        await page.getByRole('combobox', { name: label, exact: true }).pressSequentially(typed)
        await page.getByRole('option').first().click()
      }
      await page.getByLabel('Day').fill(town.date)
      await page.getByRole('button', { name: 'Find a bus' }).click()
      await page.waitForURL(/\/search/)
      await ready(page)
      await judge()
      await shot(page, 'search-phone-light')
      await openTrip(page)
      await choose(page, '3A', '3B')
      await judge()
      await looks(page, 'seats')
      await goOn(page)
      await judge()
      await hold(page, '0788 500 001', 'Aline Uwase', 'Bosco Nkurunziza')
      await payButton(page).waitFor()
      await judge()
      await shot(page, 'pay-phone-light')
      await press(page)
      await judge()
      await approve(town, '+250788500001')
      const code = await ticket(page)
      await judge()
      await looks(page, 'ticket')
      const { keys } = await town.suite.client(QrService).listVerificationKeys({})
      const read = await readTicket(scan(await code.screenshot()), await importTicketKeys(keys))
      expect(read).toMatchObject({ result: 'GENUINE', ticket: { passengerName: 'Aline Uwase', seatLabel: '3A' } })
      await page.goto('/tickets')
      await ready(page)
      await judge()
      expect(serious).toEqual([])
      expect({ foreign, faults }).toEqual({ foreign: [], faults: [] })
      await context.close()
    })

    liveStories(() => ({ town, browser }))

    test('a seat that is taken while somebody looks turns on the map without a reload; of two who want one seat one gets it, and the other is told and offered the next', async () => {
      const [first, second] = await Promise.all([phone(browser, town.baseUrl), phone(browser, town.baseUrl)])
      await search(second.page, town)
      await openTrip(second.page, 1)
      await choose(second.page, '4C')
      await goOn(second.page)
      await holdSeats(first.page, town, 1, '0788 500 002', '4C', '5A')
      await hold(second.page, '0788 500 003', 'Chantal Mukamana')
      await second.page.getByText('Seat 4C was just taken by somebody else.').waitFor()
      await second.page.waitForURL(/seats=4D/)
      await second.page.locator('[data-seat="5A"][aria-disabled="true"]').waitFor()
      await first.page.getByRole('button', { name: 'Give the seats back' }).click()
      await second.page.locator('[data-seat="5A"][aria-disabled="false"]').waitFor()
      await goOn(second.page)
      await hold(second.page, '0788 500 003', 'Chantal Mukamana')
      await payButton(second.page).waitFor()
      await Promise.all([first.context.close(), second.context.close()])
    })

    paymentStories(() => ({ town, browser }))

    test('the list of buses is read without JavaScript', async () => {
      const context = await browser.newContext({ baseURL: town.baseUrl, javaScriptEnabled: false })
      const page = await context.newPage()
      await page.goto('/')
      await page.getByLabel('From', { exact: true }).fill('Kigali')
      await page.getByLabel('To', { exact: true }).fill('Huye')
      await page.getByLabel('Day').fill(town.date)
      await page.getByRole('button', { name: 'Find a bus' }).click()
      await page.getByRole('listitem').filter({ hasText: 'Ishema Lines' }).first().waitFor()
      expect(await page.getByText('RWF 3,742').count()).toBeGreaterThan(0)
      await context.close()
    })

    foundStories(() => ({ town, browser }))
    helpStories(() => ({ town, browser }))
    choiceStories(() => ({ town, browser }))
    ticketStories(() => ({ town, browser }))
    hardshipStories(() => ({ town, browser }))
  })

  // These turn the clock on, and so come last.
  test('a hold that runs out says so, and leads back to the seats', async () => {
    const { page, context } = await phone(browser, town.baseUrl)
    await holdSeats(page, town, 3, '0788 500 013', '3A')
    await page.reload()
    await page.getByRole('timer').waitFor()
    await town.suite.advance({ minutes: 11 })
    await page.getByText('The time to pay ran out').waitFor()
    await shot(page, 'expired-phone-light')
    await page.getByRole('link', { name: 'Choose seats again' }).click()
    await page.locator('[data-seat="3A"][aria-pressed="true"]').waitFor()
    await context.close()
  })

  accountStories(() => ({ town, browser }))
  lateChoiceStory(() => ({ town, browser }))
}
