import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import axe from 'axe-core'
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core'

/** Where Debian's package puts it. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The browser of this machine; undefined when it has none. */
export const chromiumPath = PLACES.find((place) => existsSync(place))

const QUIET = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking']

export function launch(): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error('there is no Chromium here')
  const args = [...QUIET, '--disable-component-update', '--disable-sync']
  return chromium.launch({ executablePath: chromiumPath, chromiumSandbox: false, args })
}

/** How long a page may take on a machine that does much else; nothing waits that long when it works. */
const PATIENCE_MS = 20_000

const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } } as const

type Look = { readonly wide?: boolean; readonly moving?: boolean }

/** A passenger's phone: a small screen, and storage of its own. */
export async function phone(browser: Browser, baseUrl: string, { wide = false, moving = false }: Look = {}) {
  const context = await browser.newContext({
    baseURL: baseUrl,
    viewport: wide ? SIZES.desktop : SIZES.phone,
    colorScheme: 'light',
    reducedMotion: moving ? 'no-preference' : 'reduce',
  })
  context.setDefaultTimeout(PATIENCE_MS)
  const foreign: string[] = []
  const faults: string[] = []
  context.on('request', (request) => {
    if (!/^(?:data|blob):/.test(request.url()) && !request.url().startsWith(baseUrl)) foreign.push(request.url())
  })
  context.on('weberror', (fault) => faults.push(fault.error().message))
  context.on('console', (message) => {
    // Refusals are answers; what the policy of the page or React complain of is a fault.
    if (/Content Security Policy|Minified React error|hydrat/i.test(message.text())) faults.push(message.text())
  })
  return { context, page: await context.newPage(), foreign, faults }
}

/** Waits until the page's own code has taken over. */
export async function ready(page: Page): Promise<void> {
  await page.waitForSelector('html[data-ready]')
}

/**
 * Bytes of JavaScript that a page has fetched since it was opened, as they crossed the network. For the first page of a
 * context: what a service worker hands on counts unpacked.
 */
export function scriptBytes(page: Page): Promise<number> {
  return page.evaluate(() => {
    const all = performance.getEntriesByType('resource') as PerformanceResourceTiming[]
    return all.filter(({ name }) => name.endsWith('.js')).reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)
  })
}

const SHOTS = '.tms/screenshots'

/** Keeps a picture for people to look at. */
export async function shot(page: Page, name: string): Promise<void> {
  mkdirSync(SHOTS, { recursive: true })
  await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true })
}

/** Keeps pictures of a page on a phone and on a wide screen, light and dark, and leaves it as it was. */
export async function looks(page: Page, name: string): Promise<void> {
  const before = page.viewportSize()
  for (const size of ['phone', 'desktop'] as const) {
    await page.setViewportSize(SIZES[size])
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.locator('[data-map="drawing"]').waitFor({ state: 'detached' })
      await shot(page, `${name}-${size}-${colorScheme}`)
    }
  }
  await page.emulateMedia({ colorScheme: 'light' })
  if (before) await page.setViewportSize(before)
}

/** Waits until what changes its colours has changed them. */
async function painted(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
    await frame()
    await frame()
    const changing = document.getAnimations().filter((one) => one instanceof CSSTransition)
    await Promise.allSettled(changing.map(({ finished }) => finished))
  })
}

/** Serious faults that axe finds on a page in the light and, as for its colours, in the dark; one a line. */
export async function axeFaultsInBothLooks(page: Page): Promise<string[]> {
  const light = await axeFaults(page)
  await page.emulateMedia({ colorScheme: 'dark' })
  await painted(page)
  const dark = await axeFaults(page, ['color-contrast'])
  await page.emulateMedia({ colorScheme: 'light' })
  return [...light, ...dark.map((fault) => `dark: ${fault}`)]
}

/** Serious faults that axe finds on a page, one a line. @param rules only these; all when not given */
export async function axeFaults(page: Page, rules: readonly string[] = []): Promise<string[]> {
  // By the debugger's way in: the page's policy keeps every other script out.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source)
  return page.evaluate(async (only) => {
    type Violation = { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }
    type Axe = { run(options: object): Promise<{ violations: Violation[] }> }
    const { axe } = globalThis as unknown as { axe: Axe }
    const { violations } = await axe.run({ resultTypes: ['violations'], ...(only.length > 0 && { runOnly: only }) })
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`))
  }, rules)
}

export type { Browser, BrowserContext, Locator, Page }
