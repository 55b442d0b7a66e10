import type { PageModule, Route } from './routes.ts'

/** A promise that React reads without waiting once it is settled. */
type Settled = Promise<PageModule> & { status?: string; value?: PageModule }

const pages = new Map<Route, Settled>()

/** The code of a page; asked for once. A page that could not be fetched is asked for again at the next visit. */
export function pageOf(route: Route): Promise<PageModule> {
  const known = pages.get(route)
  if (known) return known
  const loading: Settled = route.load()
  pages.set(route, loading)
  loading.then(
    (page) => {
      loading.status = 'fulfilled'
      loading.value = page
    },
    () => pages.delete(route),
  )
  return loading
}
