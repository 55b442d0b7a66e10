import type { Client } from '@connectrpc/connect'
import type { TicketingService } from '@tms/sdk/passenger'
import { paths } from '../app/routes.ts'
import { LANGUAGES, prefixOf } from '../i18n/languages.ts'
import { escaped } from './document.ts'
import { allLines } from './lines.ts'

/** What search engines read before they read pages; served beside the pages, by name. */
export const TEXTS = ['/robots.txt', '/sitemap.xml'] as const

type Asking = { readonly path: string; readonly publicUrl: string; readonly ticketing: Client<typeof TicketingService> }

/** One of {@link TEXTS}. */
export async function textFor({ path, publicUrl, ticketing }: Asking) {
  const isMap = path === '/sitemap.xml'
  return {
    status: 200,
    html: isMap ? await sitemap(publicUrl, ticketing) : robots(publicUrl),
    contentType: isMap ? 'application/xml; charset=utf-8' : 'text/plain; charset=utf-8',
    cacheSeconds: 300,
  }
}

/** Pages that are a person's own, or have no end, are not for robots. */
function robots(publicUrl: string): string {
  const closed = LANGUAGES.map(prefixOf).flatMap((prefix) =>
    [
      'search',
      'trip',
      'checkout',
      'pay',
      'paypal',
      'ticket',
      'live',
      'change',
      'choose',
      'tickets',
      't',
      'account',
    ].map((room) => `Disallow: ${prefix}/${room}`),
  )
  return ['User-agent: *', ...closed, `Sitemap: ${publicUrl}/sitemap.xml`, ''].join('\n')
}

/** The most addresses that one file may have (sitemaps.org). */
const MOST_URLS = 50_000

async function sitemap(publicUrl: string, ticketing: Asking['ticketing']): Promise<string> {
  const lines = await allLines(ticketing)
  const all = new Set([
    paths.home(),
    ...lines.map(({ from }) => paths.station(from)),
    ...lines.flatMap(({ sellers }) => sellers.map(({ name }) => paths.company(name))),
    ...lines.map(({ from, to }) => paths.line(from, to)),
  ])
  const urls = [...all].slice(0, MOST_URLS).map((path) => {
    const at = (language: (typeof LANGUAGES)[number]) => escaped(`${publicUrl}${prefixOf(language)}${path}`)
    const others = LANGUAGES.map((one) => `<xhtml:link rel="alternate" hreflang="${one}" href="${at(one)}"/>`)
    return `<url><loc>${at('en')}</loc>${others.join('')}</url>`
  })
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">',
    ...urls,
    '</urlset>',
    '',
  ].join('\n')
}
