import type { RenderedPage } from './site.ts'

/** Pages that were drawn, for a while. */
export type PageCache = {
  /** The page of a key: kept, or drawn now. Whoever asks while it is being drawn waits for the same drawing. */
  of(key: string, draw: () => Promise<RenderedPage>): Promise<RenderedPage>
}

type Kept = { readonly page: RenderedPage; readonly freshUntilMs: number; readonly goodUntilMs: number }

/** A page that is a little old is better than a wait: it is shown while the next one is drawn. */
const STALE_FACTOR = 4

/**
 * Keeps drawn pages in memory, the latest used ones when there are too many.
 *
 * @param now in milliseconds
 */
export function pageCache(now: () => number, mostPages = 500): PageCache {
  const pages = new Map<string, Kept>()
  const drawing = new Map<string, Promise<RenderedPage>>()

  async function drawn(key: string, draw: () => Promise<RenderedPage>): Promise<RenderedPage> {
    const page = await draw()
    pages.delete(key)
    if (page.cacheSeconds > 0) {
      const keptMs = page.cacheSeconds * 1_000
      pages.set(key, { page, freshUntilMs: now() + keptMs, goodUntilMs: now() + keptMs * STALE_FACTOR })
      const [oldest] = pages.keys()
      if (pages.size > mostPages && oldest !== undefined) pages.delete(oldest)
    }
    return page
  }

  function drawOnce(key: string, draw: () => Promise<RenderedPage>): Promise<RenderedPage> {
    const underWay = drawing.get(key)
    if (underWay) return underWay
    const begun = drawn(key, draw).finally(() => drawing.delete(key))
    drawing.set(key, begun)
    return begun
  }

  return {
    async of(key, draw) {
      const kept = pages.get(key)
      if (!kept || now() >= kept.goodUntilMs) return drawOnce(key, draw)
      pages.delete(key)
      pages.set(key, kept)
      // Whoever asks next gets the new one; a failure shows itself when the old one is no longer good.
      if (now() >= kept.freshUntilMs) drawOnce(key, draw).catch(() => undefined)
      return kept.page
    },
  }
}
