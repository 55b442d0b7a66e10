/**
 * Lets tickets be shown without a network. It keeps nothing by itself: pages that must work on the road say so
 * (`keep_page.ts`), and everything else goes to the network as if this were not here.
 */

type WorkerEvent = Event & { waitUntil(work: Promise<unknown>): void }
type Asked = WorkerEvent & { readonly request: Request; respondWith(answer: Promise<Response>): void }
type Worker = {
  addEventListener(name: 'install' | 'activate', listener: (event: WorkerEvent) => void): void
  addEventListener(name: 'fetch', listener: (event: Asked) => void): void
  skipWaiting(): Promise<void>
  readonly clients: { claim(): Promise<void> }
  readonly location: Location
}

const worker = globalThis as unknown as Worker

/** A bus station's network answers slowly or not at all: after this time the kept page is the better one. */
const PATIENCE_MS = 4_000

worker.addEventListener('install', (event) => event.waitUntil(worker.skipWaiting()))
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()))
worker.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== worker.location.origin) return
  if (pathname.startsWith('/assets/')) event.respondWith(keptFirst(request))
  else if (request.mode === 'navigate') event.respondWith(networkFirst(request))
})

/** The name of an asset changes with its content: what is kept is what the network has. */
async function keptFirst(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? fetch(request)
}

async function networkFirst(request: Request): Promise<Response> {
  const kept = await caches.match(request, { ignoreSearch: true })
  if (!kept) return fetch(request)
  const late = new Promise<Response>((resolve) => setTimeout(() => resolve(kept), PATIENCE_MS))
  return Promise.race([fetch(request).catch(() => kept), late])
}
