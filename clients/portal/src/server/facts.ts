import type { Client } from '@connectrpc/connect'
import { SearchOrder, TicketingService } from '@tms/sdk/passenger'
import type { Seed } from '../app/boot.ts'
import { type PageProps, rideOf, type RouteName } from '../app/routes.ts'
import { seedOf } from '../flow/connection.ts'
import type { Translate } from '../i18n/texts.ts'
import { companyFacts, homeFacts, lineFacts, stationFacts } from './lines.ts'
import { askedFrom, dayFaresOf, isAskable, searchOf } from '../pages/search.tsx'

/** What a page is drawn with. */
export type Facts = {
  readonly data?: unknown
  readonly seeds: readonly Seed[]
  /** Whether search engines may show it. */
  readonly isIndexed: boolean
  readonly cacheSeconds: number
  /** 200 when it does not say. */
  readonly status?: number
  /** What search engines read (schema.org). */
  readonly structured?: readonly object[]
  readonly description?: (t: Translate) => string
}

type Asking = Omit<PageProps, 'data'> & {
  readonly today: string
  readonly ticketing: Client<typeof TicketingService>
}

/** Pages that are a person's own are drawn empty, and filled by the browser. */
const shell: Facts = { seeds: [], isIndexed: false, cacheSeconds: 60 }

/** Asks for what stands on a page. */
export async function factsFor(name: RouteName, asking: Asking): Promise<Facts> {
  switch (name) {
    case 'home':
      // The page is good without its lines.
      return homeFacts(asking.ticketing).catch(() => ({ ...shell, isIndexed: true, cacheSeconds: 1 }))
    case 'line':
      return lineFacts(asking)
    case 'station':
      return stationFacts(asking)
    case 'company':
      return companyFacts(asking)
    case 'search':
      return searchFacts(asking)
    case 'trip':
      return tripFacts(asking)
    default:
      return shell
  }
}

async function searchFacts({ query, today, ticketing }: Asking): Promise<Facts> {
  const asked = askedFrom(query, today)
  if (!isAskable(asked)) return shell
  const question = searchOf(asked, SearchOrder.DEPARTURE)
  const description = (t: Translate) => t('description.search', { from: asked.from, to: asked.to })
  const days = dayFaresOf(asked, today)
  const [answer, fares] = await Promise.all([ticketing.searchTrips(question), ticketing.listDayFares(days)])
  const { searchTrips, listDayFares } = TicketingService.method
  const seeds = [seedOf(searchTrips, question, answer), seedOf(listDayFares, days, fares)]
  return { seeds, isIndexed: false, cacheSeconds: 5, description }
}

async function tripFacts({ params, ticketing }: Asking): Promise<Facts> {
  const ride = rideOf(params)
  // A trip that is gone is told by the page itself.
  const answer = await ticketing.getSeatMap(ride).catch(() => undefined)
  if (!answer) return { ...shell, cacheSeconds: 1 }
  return { ...shell, seeds: [seedOf(TicketingService.method.getSeatMap, ride, answer)], cacheSeconds: 1 }
}
