import { expect, test } from 'vitest'
import { type Locator, type Page, phone, ready } from '../testing/chromium.ts'
import { approve, payButton, ticket } from '../testing/passenger.ts'
import type { Stage } from './stage.ts'

/** Buying without a mouse, and on the worst phones and networks. */
export function hardshipStories(stage: () => Stage): void {
  test('the keyboard alone buys a ticket', async () => {
    const { town, browser } = stage()
    const { page, context } = await phone(browser, town.baseUrl, { wide: true })
    const { keyboard } = page
    await page.goto('/')
    await ready(page)
    for (const [label, typed] of [
      ['From', 'kigali'],
      ['To', 'huye'],
    ] as const) {
      await tabTo(page, label)
      await page.getByRole('combobox', { name: label, exact: true }).waitFor()
      await keyboard.type(typed)
      await page.getByRole('option').first().waitFor()
      await keyboard.press('ArrowDown')
      await keyboard.press('Enter')
    }
    await tabTo(page, 'Find a bus')
    await keyboard.press('Enter')
    await page.waitForURL(/\/search/)
    await ready(page)
    await tabTo(page, 'Choose seat')
    await keyboard.press('Enter')
    await page.locator('[data-seat]').first().waitFor()
    await tabTo(page, 'Seat ')
    for (let rows = 0; rows < 4; rows++) await keyboard.press('ArrowDown')
    await keyboard.press('Space')
    await page.locator('[data-seat="5A"][aria-pressed="true"]').waitFor()
    await tabTo(page, 'Continue')
    await keyboard.press('Enter')
    await page.getByLabel('Full name').waitFor()
    await tabTo(page, 'Full name')
    await keyboard.type('Diane Ingabire')
    await tabTo(page, 'Phone number')
    await keyboard.type('0788500032')
    await keyboard.press('Enter')
    await payButton(page).waitFor()
    await tabTo(page, 'MTN MoMo')
    while (!(await page.getByRole('radio', { name: 'M-Pesa' }).isChecked())) await keyboard.press('ArrowDown')
    await tabTo(page, 'Pay RWF')
    await keyboard.press('Enter')
    await page.getByText('Look at your phone').waitFor()
    await approve(town, '+250788500032')
    await ticket(page)
    await context.close()
  })

  test('on a slow network and a slow phone the page is read at once, nothing jumps, and a touched seat is shown in the next frame, before anything else changes', async () => {
    const { town, browser } = stage()
    const { page, context } = await phone(browser, town.baseUrl)
    const debug = await context.newCDPSession(page)
    await debug.send('Emulation.setCPUThrottlingRate', { rate: 4 })
    // Slow 3G as Chromium's own tools have it: 400 ms and 400 kbit/s.
    await debug.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 400,
      downloadThroughput: 50_000,
      uploadThroughput: 50_000,
    })
    await page.addInitScript(() => {
      const told = globalThis as unknown as { shift: number }
      told.shift = 0
      new PerformanceObserver((list) => {
        type Shift = PerformanceEntry & { readonly value: number; readonly hadRecentInput: boolean }
        for (const entry of list.getEntries() as Shift[]) if (!entry.hadRecentInput) told.shift += entry.value
      }).observe({ type: 'layout-shift', buffered: true })
    })
    await page.goto(`/search?from=Kigali&to=Huye&date=${town.date}`, { waitUntil: 'commit' })
    await page.getByRole('listitem').filter({ hasText: 'Ishema Lines' }).first().waitFor()
    expect(await page.evaluate(() => document.documentElement.dataset['ready'])).toBeUndefined()
    await ready(page)
    await page.locator('a[href*="/trip/"]').nth(2).click()
    await page.locator('[data-seat="6B"]').waitFor()
    const seat = page.locator('[data-seat="6B"]')
    expect(await touched(seat)).toEqual({ pressed: 'true', changed: ['6B'] })
    await page.getByText('1 seat: 6B').waitFor()
    expect(await page.evaluate(() => (globalThis as unknown as { shift: number }).shift)).toBeLessThan(0.1)
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByLabel('Full name').fill('Eric Habimana')
    await page.getByLabel('Phone number').fill('0788500033')
    await page.getByRole('button', { name: 'Keep my seats and pay' }).click()
    await page.getByRole('radio', { name: 'M-Pesa' }).waitFor()
    // The rest is shown: what follows crosses no more than has crossed by now.
    await debug.send('Emulation.setCPUThrottlingRate', { rate: 1 })
    await debug.send('Network.disable')
    await page.getByRole('radio', { name: 'M-Pesa' }).check()
    await payButton(page).click()
    await approve(town, '+250788500033')
    await ticket(page)
    await context.close()
  })
}

/** Touches a seat. Returns how it stands in the next frame, and the names of all that had changed by then. */
function touched(seat: Locator): Promise<object> {
  return seat.evaluate(async (button: HTMLElement) => {
    const changed = new Set<string>()
    const nameOf = ({ target }: MutationRecord) => (target as HTMLElement).dataset['seat'] ?? target.nodeName
    const watch = new MutationObserver((records) => records.forEach((one) => changed.add(nameOf(one))))
    watch.observe(document, { subtree: true, childList: true, attributes: true, characterData: true })
    button.click()
    await new Promise((resolve) => requestAnimationFrame(resolve))
    watch.disconnect()
    return { pressed: button.getAttribute('aria-pressed'), changed: [...changed] }
  })
}

/** More stops than any page has. */
const MOST_STOPS = 80

/** Presses Tab until what has the focus bears a name that begins so. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let stops = 0; stops < MOST_STOPS; stops++) {
    await page.keyboard.press('Tab')
    if ((await focusedName(page)).startsWith(name)) return
  }
  throw new Error(`the keyboard does not reach ${name}`)
}

function focusedName(page: Page): Promise<string> {
  return page.evaluate(() => {
    const focused = document.activeElement
    if (!(focused instanceof HTMLElement)) return ''
    const labels = focused instanceof HTMLInputElement ? [...(focused.labels ?? [])] : []
    return (focused.getAttribute('aria-label') ?? [...labels, focused].map((one) => one.textContent).join(' ')).trim()
  })
}
