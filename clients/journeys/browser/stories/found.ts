import { expect, test } from 'vitest'
import { axeFaults, phone, ready, scriptBytes, shot } from '../testing/chromium.ts'
import type { Stage } from './stage.ts'

const ID = '01a1fea3-1acc-7680-9888-bc1fa12abe85'
/** One of each kind. */
const ALL_PAGES = [
  ...['/', '/bus/kigali/huye', '/from/kigali', '/company/ishema-lines', '/search', `/trip/${ID}/0/2`],
  ...[`/checkout/${ID}/0/2`, `/pay/${ID}`, '/paypal/approved', `/ticket/${ID}`, `/live/${ID}`, `/choose/${ID}`],
  ...[`/change/${ID}`, `/change/${ID}/${ID}/0/2`, '/tickets', '/t/K7QM2RXP', '/account', '/nowhere'],
]

/** What search engines, caches and browsers are told, beside what people see. */
export function foundStories(stage: () => Stage): void {
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${stage().town.baseUrl}${path}`, { headers, redirect: 'manual' })

  test('a line, a town and a company have pages of their own, drawn on the server, each in four languages [S1-54]', async () => {
    const { baseUrl } = stage().town
    const page = await get('/rw/bus/kigali/huye')
    const html = await page.text()
    expect(page.status).toBe(200)
    expect(html).toContain('<html lang="rw">')
    expect(html).toContain('<title>Bisi Kigali – Huye')
    expect(html).toContain(`<link rel="canonical" href="${baseUrl}/rw/bus/kigali/huye">`)
    for (const [language, prefix] of Object.entries({ en: '', rw: '/rw', fr: '/fr', sw: '/sw', 'x-default': '' }))
      expect(html).toContain(`hreflang="${language}" href="${baseUrl}${prefix}/bus/kigali/huye"`)
    expect(html).toMatch(/<meta name="description" content="[^"]*RWF/)
    const blocks = [...html.matchAll(/<script type="application\/ld\+json">(.*?)<\/script>/g)]
    expect(blocks.map(([, json]) => JSON.parse(json ?? '') as object)).toContainEqual(
      expect.objectContaining({
        '@type': 'BusTrip',
        provider: { '@type': 'Organization', name: 'Ishema Lines' },
        offers: expect.arrayContaining([
          expect.objectContaining({
            '@type': 'Offer',
            priceCurrency: 'RWF',
            availability: 'https://schema.org/InStock',
          }),
        ]) as unknown,
      }),
    )
    expect(await (await get('/from/kigali')).text()).toMatch(/<h1[^>]*>Buses from Kigali/)
    expect(await (await get('/company/ishema-lines')).text()).toMatch(/<h1[^>]*>Ishema Lines/)
    expect(await (await get('/')).text()).toContain('/bus/')
    const missing = await get('/bus/kigali/atlantis')
    expect([missing.status, await missing.text()]).toEqual([404, expect.stringContaining('noindex')])
  })

  test('robots are led to every public page, and kept off what is a person’s own', async () => {
    const { baseUrl } = stage().town
    const robots = await get('/robots.txt')
    expect(robots.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    const text = await robots.text()
    for (const line of ['Disallow: /pay', 'Disallow: /sw/ticket', `Sitemap: ${baseUrl}/sitemap.xml`])
      expect(text).toContain(line)
    const map = await get('/sitemap.xml')
    expect(map.headers.get('content-type')).toBe('application/xml; charset=utf-8')
    const listed = [...(await map.text()).matchAll(/<loc>([^<]*)<\/loc>/g)].map(([, url]) => url)
    expect(listed).toEqual(
      expect.arrayContaining(['/', '/bus/kigali/huye', '/from/huye'].map((path) => baseUrl + path)),
    )
    expect(listed).toContain(`${baseUrl}/company/ishema-lines`)
    expect((await get('/pay/01a1fea3-1acc-7680-9888-bc1fa12abe85')).status).toBe(200)
    expect(await (await get('/tickets')).text()).toContain('<meta name="robots" content="noindex">')
  })

  test('pages say what they may do and are asked for once; files are kept for good, packed as the browser takes them', async () => {
    const page = await get('/bus/kigali/huye', { 'accept-encoding': 'identity' })
    const html = await page.text()
    const policy = page.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('unsafe')
    expect(page.headers.get('x-content-type-options')).toBe('nosniff')
    const tag = page.headers.get('etag') ?? ''
    const again = await get('/bus/kigali/huye', { 'if-none-match': tag })
    expect([again.status, await again.text()]).toEqual([304, ''])
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(html)?.[1] ?? ''
    const file = await get(script, { 'accept-encoding': 'br' })
    expect(file.headers.get('cache-control')).toContain('immutable')
    expect(file.headers.get('content-encoding')).toBe('br')
    expect((await get('/assets/none.js')).status).toBe(404)
    // What a phone asks for before it offers to install.
    expect(html).toContain('<link rel="manifest" href="/manifest.webmanifest">')
    const manifest = (await (await get('/manifest.webmanifest')).json()) as { icons: { src: string }[] }
    expect(manifest).toMatchObject({ start_url: '/', display: 'standalone', icons: [{ sizes: 'any' }] })
    for (const { src } of manifest.icons) expect((await get(src)).status).toBe(200)
  })

  test('a list is filtered and sorted, from and to are swapped; where nothing goes it says why, and leads to the next day that has a bus', async () => {
    const { town, browser } = stage()
    const { page, context, faults } = await phone(browser, town.baseUrl)
    const buses = page.getByRole('link', { name: /^Choose seat/ })
    await page.goto(`/search?from=Kigali&to=Huye&date=${town.date}`)
    await ready(page)
    await page.getByText('4 buses').waitFor()
    await page.getByLabel('Time of day').selectOption('Afternoon')
    await page.getByText('1 bus', { exact: true }).waitFor()
    await page.getByLabel('Price', { exact: true }).selectOption({ index: 1 })
    await page.getByText('1 bus', { exact: true }).waitFor()
    await page.getByLabel('Time of day').selectOption('Any time')
    await page.getByLabel('Sort by').selectOption('Price')
    await page.waitForURL(/sort=PRICE/)
    expect(await axeFaults(page)).toEqual([])
    await shot(page, 'filtered-phone-light')
    await page.getByText('Change search').click()
    await page.getByRole('button', { name: 'Swap from and to' }).click()
    await page.getByRole('button', { name: 'Find a bus' }).click()
    await page.waitForURL(/from=Huye&to=Kigali/)
    await page.goto(`/search?from=Huye&to=Rubavu&date=${town.date}`)
    await page.getByText('No bus on this day').waitFor()
    await page.getByText('Nobody sells this journey', { exact: false }).waitFor()
    await page.goto(`/search?from=Kigali&to=Huye&date=${town.yesterday}`)
    await page.getByRole('link', { name: /^Next possible day: / }).click()
    await buses.first().waitFor()
    expect(faults).toEqual([])
    await context.close()
  })

  test('whichever page is opened first asks for less than 150 kB of JavaScript, in the language with the longest texts', async () => {
    const weights = new Map<string, Promise<number>>()
    const weightOf = async (file: string) => {
      const packed = await get(file, { 'accept-encoding': 'br' })
      return Number(packed.headers.get('content-length'))
    }
    const pages = ALL_PAGES.map(async (path) => {
      const html = await (await get(`/rw${path}`)).text()
      const files = [...html.matchAll(/(?:href|src)="(\/assets\/[^"]+\.js)"/g)].map(([, file = '']) => file)
      for (const file of files) if (!weights.has(file)) weights.set(file, weightOf(file))
      const all = await Promise.all(files.map((file) => weights.get(file)!))
      return [path, all.reduce((sum, bytes) => sum + bytes, 0)] as const
    })
    for (const [path, bytes] of await Promise.all(pages)) {
      expect(bytes, path).toBeGreaterThan(50_000)
      expect(bytes, path).toBeLessThan(150_000)
    }
  })

  test('the first load has less than 150 kB of JavaScript; from the page of a line one finds a day by its fares, and a seat', async () => {
    const { town, browser } = stage()
    const { page, context, foreign, faults } = await phone(browser, town.baseUrl)
    await page.goto(`/search?from=Kigali&to=Huye&date=${town.date}`)
    await ready(page)
    const bytes = await scriptBytes(page)
    expect(bytes).toBeGreaterThan(50_000)
    expect(bytes).toBeLessThan(150_000)
    await page.goto('/')
    await ready(page)
    await page.getByRole('link', { name: /Kigali → Huye|Huye → Kigali/ }).click()
    await ready(page)
    expect(await axeFaults(page)).toEqual([])
    await shot(page, 'line-phone-light')
    await page.goto('/bus/kigali/huye')
    await ready(page)
    await page.getByRole('button', { name: 'Find a bus' }).click()
    await page.waitForURL(/\/search/)
    const days = page.getByRole('navigation', { name: 'Cheapest fares of the next days' })
    await days
      .getByRole('link', { name: /RWF 3,742/ })
      .last()
      .click()
    await page
      .getByRole('link', { name: /^Choose seat/ })
      .first()
      .click()
    await page.locator('[data-seat]').first().waitFor()
    expect({ foreign, faults }).toEqual({ foreign: [], faults: [] })
    await context.close()
  })
}
