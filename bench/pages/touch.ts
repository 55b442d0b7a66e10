import { existsSync } from 'node:fs'
import { chromium, type Page } from 'playwright-core'
import { addDays, serviceDateOf } from '#kit'
import { round } from '../lib/stats.ts'

const CHROMIUM = '/usr/bin/chromium'
const ARGS = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-sync']
const SLOWER = 4
const SEATS = ['2A', '2B', '3A', '3B', '4A', '4B']

/** What the browser told of itself. */
type Told = { shift: number; touches: number[] }

/**
 * Layout shift while the seats of a bus load, and the longest time from a touch of a seat to the next frame that shows it,
 * by the browser's own count (Event Timing), on a processor that is made four times slower. Nothing without a Chromium.
 */
export async function touchOnAPhone(baseUrl: string): Promise<object> {
  if (!existsSync(CHROMIUM)) return { browser: 'none' }
  const browser = await chromium.launch({ executablePath: CHROMIUM, chromiumSandbox: false, args: ARGS })
  try {
    const page = await browser.newPage({ viewport: { width: 390, height: 844 } })
    const debug = await page.context().newCDPSession(page)
    await debug.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })
    await observe(page)
    const date = addDays(serviceDateOf(new Date(), 'Africa/Kigali'), 1)
    await page.goto(`${baseUrl}/search?from=Kigali&to=Huye&date=${date}`)
    await page.waitForSelector('html[data-ready]')
    await page.goto(new URL((await page.locator('a[href*="/trip/"]').first().getAttribute('href')) ?? '', baseUrl).href)
    await page.waitForSelector('html[data-ready]')
    for (const seat of SEATS) await page.locator(`[data-seat="${seat}"]`).click()
    await page.locator(`[data-seat="${SEATS.at(-1)}"][aria-pressed="true"]`).waitFor()
    const { shift, touches } = await page.evaluate(() => (globalThis as unknown as { told: Told }).told)
    return { layout_shift: round(shift, 3), interaction_ms: Math.max(0, ...touches), slower: SLOWER }
  } finally {
    await browser.close()
  }
}

async function observe(page: Page): Promise<void> {
  await page.addInitScript(() => {
    type Shift = PerformanceEntry & { readonly value: number; readonly hadRecentInput: boolean }
    const told: Told = { shift: 0, touches: [] }
    Object.assign(globalThis, { told })
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as Shift[]) if (!entry.hadRecentInput) told.shift += entry.value
    }).observe({ type: 'layout-shift', buffered: true })
    new PerformanceObserver((list) => {
      for (const { name, duration } of list.getEntries()) if (name === 'click') told.touches.push(duration)
    }).observe({ type: 'event', buffered: true, durationThreshold: 16 } as PerformanceObserverInit)
  })
}
