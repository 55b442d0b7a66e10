import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import axe from 'axe-core'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

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

type Look = { readonly wide?: boolean; readonly dark?: boolean }

/** A passenger's phone: a small screen, and storage of its own. */
export async function phone(browser: Browser, baseUrl: string, { wide = false, dark = false }: Look = {}) {
  const context = await browser.newContext({
    baseURL: baseUrl,
    viewport: wide ? { width: 1280, height: 900 } : { width: 390, height: 844 },
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
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

const SHOTS = '.tms/screenshots'

/** Keeps a picture for people to look at. */
export async function shot(page: Page, name: string): Promise<void> {
  mkdirSync(SHOTS, { recursive: true })
  await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true })
}

/** Serious faults that axe finds on a page, one a line. */
export async function axeFaults(page: Page): Promise<string[]> {
  // By the debugger's way in: the page's policy keeps every other script out.
  await page.evaluate(axe.source)
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } }
    type Violation = { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }
    const { violations } = await axe.run()
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`))
  })
}

export type { Browser, BrowserContext, Page }
