import type { Client } from '@connectrpc/connect'
import { type Connection, SearchOrder, TicketingService, type TripOffer } from '@tms/sdk/passenger'
import type { PageProps } from '../app/routes.ts'
import { seedOf } from '../flow/connection.ts'
import { type Line, type LineData, type LinesData, mostDriven, slugOf } from '../flow/lines.ts'
import { formatMoney } from '../format/money.ts'
import { addDays } from '../format/time.ts'
import type { Translate } from '../i18n/texts.ts'
import { searchOf } from '../pages/search.tsx'
import type { Facts } from './facts.ts'

type Ticketing = Client<typeof TicketingService>

/** How long a public page is good: as the list that it is made of. */
const CACHE_SECONDS = 60
const MOST_PAGES = 20
const FURTHER = 8

const nothing: Facts = { seeds: [], isIndexed: false, cacheSeconds: 5, status: 404 }

/** Every line on sale. */
export async function allLines(ticketing: Ticketing): Promise<Line[]> {
  const lines: Line[] = []
  let pageToken = ''
  for (let page = 0; page < MOST_PAGES; page++) {
    const answer = await ticketing.listConnections({ pageSize: 1_000, pageToken })
    lines.push(...answer.connections.map(lineOf))
    pageToken = answer.nextPageToken
    if (pageToken === '') break
  }
  return lines
}

function lineOf(one: Connection): Line {
  return {
    from: one.originTown,
    to: one.destinationTown,
    tripCount: one.tripCount,
    shortestSeconds: one.shortestDurationSeconds,
    fare: formatMoney(one.lowestFare),
    sellers: one.sellers.map(({ companyName, tripCount, lowestFare }) => ({
      name: companyName,
      tripCount,
      fare: formatMoney(lowestFare),
    })),
  }
}

/** The first page leads to what most people ride. */
export async function homeFacts(ticketing: Ticketing): Promise<Facts> {
  const lines = mostDriven(await allLines(ticketing), FURTHER)
  return { data: { lines }, seeds: [], isIndexed: true, cacheSeconds: CACHE_SECONDS }
}

type Asking = { readonly params: PageProps['params']; readonly today: string; readonly ticketing: Ticketing }

/** One line: what it costs, who drives it, and tomorrow's buses. */
export async function lineFacts({ params, today, ticketing }: Asking): Promise<Facts> {
  const lines = await allLines(ticketing)
  const line = lines.find(({ from, to }) => slugOf(from) === params['origin'] && slugOf(to) === params['destination'])
  if (!line) return nothing
  const { from, to, tripCount: count, fare } = line
  const question = searchOf({ from, to, date: addDays(today, 1) }, SearchOrder.DEPARTURE)
  const answer = await ticketing.searchTrips(question)
  const data: LineData = {
    line,
    back: lines.some((one) => one.from === to && one.to === from),
    more: mostDriven(
      lines.filter((one) => one.from === from && one.to !== to),
      FURTHER,
    ),
  }
  return {
    data,
    seeds: [seedOf(TicketingService.method.searchTrips, question, answer)],
    isIndexed: true,
    cacheSeconds: CACHE_SECONDS,
    description: (t: Translate) => t('description.line', { from, to, count, fare }),
    structured: answer.offers.slice(0, FURTHER).map(busTrip),
  }
}

/** Every line from a town. */
export async function stationFacts({ params, ticketing }: Asking): Promise<Facts> {
  const lines = (await allLines(ticketing)).filter(({ from }) => slugOf(from) === params['town'])
  const town = lines[0]?.from
  if (town === undefined) return nothing
  return listed({ name: town, lines }, (t) => t('description.station', { town }))
}

/** Every line of a company, with its own trips and fares. */
export async function companyFacts({ params, ticketing }: Asking): Promise<Facts> {
  const own = (await allLines(ticketing)).flatMap((line) =>
    line.sellers
      .filter(({ name }) => slugOf(name) === params['company'])
      .map((seller) => ({ name: seller.name, line: { ...line, ...seller, sellers: [seller] } })),
  )
  const company = own[0]?.name
  if (company === undefined) return nothing
  const data = { name: company, lines: own.map(({ line }) => line) }
  return listed(data, (t) => t('description.company', { company }))
}

function listed(data: LinesData, description: (t: Translate) => string): Facts {
  return { data, seeds: [], isIndexed: true, cacheSeconds: CACHE_SECONDS, description }
}

/** A trip as search engines read it (schema.org). */
function busTrip(offer: TripOffer): object {
  const { origin, destination, companyName, classes } = offer
  const stop = (name: string | undefined) => ({ '@type': 'BusStation', name: name ?? '' })
  const time = (at: { readonly seconds: bigint } | undefined) =>
    new Date(Number(at?.seconds ?? 0n) * 1_000).toISOString()
  return {
    '@context': 'https://schema.org',
    '@type': 'BusTrip',
    provider: { '@type': 'Organization', name: companyName },
    departureBusStop: stop(origin?.stopName),
    departureTime: time(origin?.time),
    arrivalBusStop: stop(destination?.stopName),
    arrivalTime: time(destination?.time),
    offers: classes.flatMap(({ price, freeSeats }) => (price ? [offerOf(price, freeSeats)] : [])),
  }
}

function offerOf(price: NonNullable<TripOffer['classes'][number]['price']>, freeSeats: number): object {
  return {
    '@type': 'Offer',
    price: (Number(price.units) + price.nanos / 1_000_000_000).toString(),
    priceCurrency: price.currencyCode,
    availability: `https://schema.org/${freeSeats > 0 ? 'InStock' : 'SoldOut'}`,
  }
}
