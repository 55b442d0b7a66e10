// What passengers live through, in a real Chromium, against the whole suite. All share one suite and one browser.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { QrService } from '#gen/tms/qr/v1/qr_service_pb.ts'
import { importTicketKeys, readTicket } from '../../sdk/src/tickets/index.ts'
import { scan } from '../testing/world/scanner.ts'
import { accountStories } from './stories/account.ts'
import { foundStories } from './stories/found.ts'
import { hardshipStories } from './stories/hardship.ts'
import { helpStories } from './stories/help.ts'
import { ticketStories } from './stories/ticket.ts'
import { axeFaults, type Browser, chromiumPath, launch, type Page, phone, ready, shot } from './testing/chromium.ts'
import {
  approve,
  choose,
  decline,
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

  test('a passenger who types with slips of the keys searches, chooses, pays and holds a ticket that scans [S2-60][S2-61][S2-68][S2-134][S3-61]', async () => {
    const { page, context, foreign, faults } = await phone(browser, town.baseUrl)
    await page.goto('/')
    await ready(page)
    await shot(page, 'home-phone-light')
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
    await shot(page, 'search-phone-light')
    await openTrip(page)
    await choose(page, '3A', '3B')
    await shot(page, 'seats-phone-light')
    await goOn(page)
    await hold(page, '0788 500 001', 'Aline Uwase', 'Bosco Nkurunziza')
    await payButton(page).waitFor()
    await shot(page, 'pay-phone-light')
    await press(page)
    await shot(page, 'wait-phone-light')
    await approve(town, '+250788500001')
    const code = await ticket(page)
    await shot(page, 'ticket-phone-light')

    const { keys } = await town.suite.client(QrService).listVerificationKeys({})
    const read = await readTicket(scan(await code.screenshot()), await importTicketKeys(keys))
    expect(read).toMatchObject({ result: 'GENUINE', ticket: { passengerName: 'Aline Uwase', seatLabel: '3A' } })
    expect({ foreign, faults }).toEqual({ foreign: [], faults: [] })
    await context.close()
  })

  test('of two who want one seat one gets it; the other is told and offered the next', async () => {
    const [first, second] = await Promise.all([phone(browser, town.baseUrl), phone(browser, town.baseUrl)])
    await search(second.page, town)
    await openTrip(second.page, 1)
    await choose(second.page, '4C')
    await goOn(second.page)
    await holdSeats(first.page, town, 1, '0788 500 002', '4C')
    await hold(second.page, '0788 500 003', 'Chantal Mukamana')
    await second.page.getByText('Seat 4C was just taken by somebody else.').waitFor()
    await second.page.waitForURL(/seats=4D/)
    await goOn(second.page)
    await hold(second.page, '0788 500 003', 'Chantal Mukamana')
    await payButton(second.page).waitFor()
    await Promise.all([first.context.close(), second.context.close()])
  })

  test('a seat that is taken while somebody looks turns on the map without a reload', async () => {
    const [looking, buying] = await Promise.all([phone(browser, town.baseUrl), phone(browser, town.baseUrl)])
    await search(looking.page, town)
    await openTrip(looking.page, 1)
    await looking.page.locator('[data-seat="5A"][aria-disabled="false"]').waitFor()
    await holdSeats(buying.page, town, 1, '0788 500 004', '5A')
    await looking.page.locator('[data-seat="5A"][aria-disabled="true"]').waitFor()
    await Promise.all([looking.context.close(), buying.context.close()])
  })

  test('a payment outlives its tab: reopened, it is found, charged once, and ends with the ticket', async () => {
    const { page, context } = await phone(browser, town.baseUrl)
    await holdSeats(page, town, 2, '0788 500 005', '3A')
    await press(page)
    const url = page.url()
    await page.close()
    const reopened = await context.newPage()
    await reopened.goto(url)
    await reopened.getByText('Look at your phone').waitFor()
    await reopened.reload()
    await reopened.getByText('Look at your phone').waitFor()
    await approve(town, '+250788500005')
    await ticket(reopened)
    expect(town.town.sandbox.phone('+250788500005').payments()).toHaveLength(1)
    await context.close()
  })

  test('a network that goes in mid-payment and comes back costs nothing twice', async () => {
    const { page, context } = await phone(browser, town.baseUrl)
    await holdSeats(page, town, 2, '0788 500 006', '3B')
    await press(page)
    await context.setOffline(true)
    await page.getByText('No network.').waitFor()
    await approve(town, '+250788500006')
    await context.setOffline(false)
    await ticket(page)
    expect(town.town.sandbox.phone('+250788500006').payments()).toHaveLength(1)
    await context.close()
  })

  test('a ticket is shown without a network, also after the browser was closed', async () => {
    const { page, context } = await phone(browser, town.baseUrl)
    await holdSeats(page, town, 1, '0788 500 014', '2A')
    await press(page)
    await approve(town, '+250788500014')
    await ticket(page)
    await page.getByText('Saved on this phone').waitFor()
    const url = page.url()
    await page.close()
    await context.setOffline(true)
    const later = await context.newPage()
    await later.goto(url)
    await ticket(later)
    await later.goto('/tickets')
    await later.getByRole('link', { name: /Kigali → Huye/ }).click()
    await ticket(later)
    await context.close()
  })

  test('a declined payment says so, and another provider takes the next attempt', async () => {
    const { page, context } = await phone(browser, town.baseUrl)
    await holdSeats(page, town, 2, '0788 500 007', '3C')
    await press(page)
    await decline(town, '+250788500007')
    await page.getByText('It was declined on the phone. Nothing was charged.').waitFor()
    await shot(page, 'declined-phone-light')
    await press(page, 'MTN MoMo')
    await approve(town, '+250788500007')
    await ticket(page)
    await context.close()
  })

  test('a language that is changed in mid-flow keeps the seats, the names and the payment', async () => {
    const { page, context } = await phone(browser, town.baseUrl)
    await search(page, town)
    await openTrip(page, 2)
    await choose(page, '4A')
    await speak(page, 'Ikinyarwanda')
    await page.getByRole('heading', { name: 'Hitamo umwanya wawe' }).waitFor()
    await page.locator('[data-seat="4A"][aria-pressed="true"]').waitFor()
    await page.getByRole('button', { name: 'Komeza' }).click()
    await page.getByLabel('Amazina yose').fill('Jean Bosco')
    await page.getByLabel('Nimero ya telefone').fill('0788500008')
    await page.getByRole('button', { name: 'Mbikira imyanya nishyure' }).click()
    await page.waitForURL(/\/rw\/pay\//)
    await speak(page, 'Français')
    await page.getByRole('button', { name: /^Payer RWF/ }).waitFor()
    await context.close()
  })

  test('the way back from the payment finds the seats as they were chosen, and the way forth the same booking', async () => {
    const { page, context } = await phone(browser, town.baseUrl)
    await holdSeats(page, town, 2, '0788 500 009', '4B')
    const booking = page.url()
    await page.goBack()
    await page.getByLabel('Full name').waitFor()
    await page.goBack()
    await page.locator('[data-seat="4B"][aria-pressed="true"]').waitFor()
    await page.goBack()
    await page.waitForURL(/\/search/)
    for (let steps = 0; steps < 2; steps++) await page.goForward()
    await page.getByRole('button', { name: 'Keep my seats and pay' }).click()
    await payButton(page).waitFor()
    expect(page.url()).toBe(booking)
    await context.close()
  })

  test('scripts in names, places and addresses stay text', async () => {
    const { page, context, faults } = await phone(browser, town.baseUrl)
    const evil = '</script><img src=x onerror=document.title="owned">'
    await page.goto(`/search?from=${encodeURIComponent(evil)}&to=${encodeURIComponent(evil)}&date=${town.date}`)
    await ready(page)
    await page.getByText('onerror').first().waitFor()
    await page.goto(`/search?from=Kigali&to=Huye&date=${town.date}`)
    await openTrip(page, 2)
    await choose(page, '5A')
    await goOn(page)
    await hold(page, '0788500010', evil)
    await press(page)
    await approve(town, '+250788500010')
    await ticket(page)
    expect(await page.getByText(evil).count()).toBe(1)
    expect(await page.title()).not.toBe('owned')
    expect(faults).toEqual([])
    await context.close()
  })

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

  test.each(['/', '/search?from=Kigali&to=Huye'])(
    'the first load of %s has less than 150 kB of JavaScript',
    async (path) => {
      const { page, context } = await phone(browser, town.baseUrl)
      const sizes: Promise<number>[] = []
      page.on('response', (response) => {
        if (!response.url().endsWith('.js')) return
        sizes.push(response.finished().then(async () => (await response.request().sizes()).responseBodySize))
      })
      await page.goto(path, { waitUntil: 'networkidle' })
      const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
      expect(bytes).toBeGreaterThan(10_000)
      expect(bytes).toBeLessThan(150_000)
      await context.close()
    },
  )

  test.each(['light', 'dark'] as const)('axe finds nothing serious on any page, %s', async (look) => {
    const { page, context } = await phone(browser, town.baseUrl, { dark: look === 'dark', wide: true })
    await page.goto('/')
    await ready(page)
    const faults = [...(await axeFaults(page))]
    await shot(page, `home-desktop-${look}`)
    await search(page, town)
    faults.push(...(await axeFaults(page)))
    await shot(page, `search-desktop-${look}`)
    await openTrip(page, 1)
    await choose(page, look === 'dark' ? '6A' : '6B')
    faults.push(...(await axeFaults(page)))
    await shot(page, `seats-desktop-${look}`)
    await goOn(page)
    faults.push(...(await axeFaults(page)))
    await hold(page, look === 'dark' ? '0788500011' : '0788500012', 'Diane Ingabire')
    await payButton(page).waitFor()
    faults.push(...(await axeFaults(page)))
    await press(page)
    faults.push(...(await axeFaults(page)))
    await approve(town, look === 'dark' ? '+250788500011' : '+250788500012')
    await ticket(page)
    faults.push(...(await axeFaults(page)))
    await shot(page, `ticket-desktop-${look}`)
    await page.goto('/tickets')
    await ready(page)
    faults.push(...(await axeFaults(page)))
    await shot(page, `tickets-desktop-${look}`)
    expect(faults).toEqual([])
    await context.close()
  })

  foundStories(() => ({ town, browser }))
  helpStories(() => ({ town, browser }))
  ticketStories(() => ({ town, browser }))
  hardshipStories(() => ({ town, browser }))

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
}

async function speak(page: Page, language: string): Promise<void> {
  await page
    .locator('summary')
    .filter({ hasText: /Language|Ururimi/ })
    .click()
  await page.getByRole('link', { name: language }).click()
  await ready(page)
}
