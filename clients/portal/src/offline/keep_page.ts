/** The name of each kept page's own store: a page and the very files that it was built with. */
const PREFIX = 'tms:page:'
const MOST_KEPT = 20

/** Keeps pages for the road, each with all that it is made of. False where the browser has no store for it. */
export async function keepPages(paths: readonly string[]): Promise<boolean> {
  if (!('caches' in globalThis) || !('serviceWorker' in navigator)) return false
  for (const path of paths) await keepPage(path)
  const stores = (await caches.keys()).filter((name) => name.startsWith(PREFIX))
  for (const name of stores.slice(0, -MOST_KEPT)) await caches.delete(name)
  return true
}

async function keepPage(path: string): Promise<void> {
  const name = `${PREFIX}${path}`
  const fresh = await caches.open(`${name}:next`)
  await fresh.add(path)
  const page = (await (await fresh.match(path))?.text()) ?? ''
  const named = [...page.matchAll(/"(\/assets\/[^"]+)"/g)].flatMap(([, file]) => file ?? [])
  await fresh.addAll([...new Set([...named, ...loadedFiles()])])
  // Only now is it whole; what was kept before goes.
  const kept = await caches.open(name)
  for (const old of await kept.keys()) await kept.delete(old)
  for (const request of await fresh.keys()) {
    const answer = await fresh.match(request)
    if (answer) await kept.put(request, answer)
  }
  await caches.delete(`${name}:next`)
}

/** Files that this document came to need, also those that no markup names. */
function loadedFiles(): string[] {
  return performance
    .getEntriesByType('resource')
    .map(({ name }) => new URL(name))
    .filter(({ origin, pathname }) => origin === location.origin && pathname.startsWith('/assets/'))
    .map(({ pathname }) => pathname)
}

/** Forgets every page that was kept. */
export async function forgetPages(): Promise<void> {
  if (!('caches' in globalThis)) return
  for (const name of await caches.keys()) if (name.startsWith(PREFIX)) await caches.delete(name)
}
