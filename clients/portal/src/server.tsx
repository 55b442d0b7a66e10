import { renderToString } from 'react-dom/server'
import type { Client, Transport } from '@connectrpc/connect'
import type { TicketingService } from '@tms/sdk/passenger'
import { App } from './app/app.tsx'
import type { Boot } from './app/boot.ts'
import { pageOf } from './app/page_cache.ts'
import { matchRoute } from './app/routes.ts'
import { ConnectionContext, newQueryClient, sow } from './flow/connection.ts'
import { splitPath } from './i18n/languages.ts'
import { loadTexts } from './i18n/load.ts'
import { translator } from './i18n/texts.ts'
import { todayAt } from './pages/search.tsx'
import { assetsOf } from './server/assets.ts'
import { documentOf } from './server/document.ts'
import { factsFor } from './server/facts.ts'
import { TEXTS, textFor } from './server/texts_for_robots.ts'

/** A page that somebody asks for, and whom to ask for what stands on it. */
export type PageRequest = {
  readonly path: string
  /** With its question mark; empty when there is none. */
  readonly search: string
  readonly now: Date
  /** Where the world finds the portal, e.g. `https://tms.rw`. */
  readonly publicUrl: string
  readonly ticketing: Client<typeof TicketingService>
}

/** A whole document. */
export type RenderedPage = {
  readonly status: number
  readonly html: string
  /** How long it is good for anybody who asks. */
  readonly cacheSeconds: number
  /** HTML when it does not say. */
  readonly contentType?: string
}

/** No page asks while it is drawn: what it needs was asked for before. */
const nowhere: Transport = {
  unary: () => Promise.reject(new Error('nothing is asked while a page is drawn')),
  stream: () => Promise.reject(new Error('nothing is asked while a page is drawn')),
}

/** Texts for robots that `render` answers beside pages. */
export { TEXTS }

/** Draws a page. */
export async function render(request: PageRequest): Promise<RenderedPage> {
  if (TEXTS.some((text) => text === request.path)) return textFor(request)
  const { language, rest } = splitPath(request.path)
  const { route, params } = matchRoute(rest)
  const query = new URLSearchParams(request.search)
  const today = todayAt(request.now)
  const [texts, page, facts] = await Promise.all([
    loadTexts(language),
    pageOf(route),
    factsFor(route.name, { params, query, today, ticketing: request.ticketing }),
  ])
  const speech = { language, t: translator(language, texts) }
  const boot: Boot = { language, path: rest, today, data: facts.data, seeds: facts.seeds }
  const connection = { queryClient: newQueryClient(), transport: nowhere }
  sow(connection, facts.seeds)
  const markup = renderToString(
    <ConnectionContext value={connection}>
      <App speech={speech} boot={boot} at={{ path: request.path, search: request.search.replace(/^\?/, '') }} />
    </ConnectionContext>,
  )
  connection.queryClient.clear()
  const props = { params, query, data: facts.data }
  const html = documentOf({
    boot,
    markup,
    title: page.title(speech.t, props),
    description: facts.description?.(speech.t) ?? speech.t('description.home'),
    isIndexed: facts.isIndexed,
    structured: facts.structured ?? [],
    publicUrl: request.publicUrl,
    assets: assetsOf(route.name, language),
  })
  const status = route.name === 'missing' ? 404 : (facts.status ?? 200)
  return { status, html, cacheSeconds: facts.cacheSeconds }
}
