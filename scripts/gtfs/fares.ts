import type { FareRule, Feed, FeedFare } from './feed.ts'
import type { FeedPattern } from './patterns.ts'
import type { Report } from './report.ts'

/** The price of a ride from stop to stop. */
export type PricedRide = { readonly fromStopId: string; readonly toStopId: string; readonly fare: FeedFare }

/**
 * Lays the fares between zones out over the rides that the patterns make possible.
 *
 * Where several fares fit a ride the cheapest counts, as a passenger would choose. A ride that no fare fits has none: it
 * is not free, it cannot be sold.
 *
 * @param currency the company's; fares in another one are left out
 */
export function pricedRides(
  feed: Feed,
  patterns: readonly FeedPattern[],
  currency: string,
  report: Report,
): PricedRide[] {
  const usable = [...feed.fares.values()].filter((fare) => isUsable(fare, currency, report))
  const rules = rulesByEnds(feed, new Map(usable.map((fare) => [fare.fareId, fare])))
  if (rules.size === 0) return []
  const rides = new Map<string, PricedRide>()
  for (const pattern of patterns) {
    for (const { from, to } of ridesOf(pattern)) {
      const fare = cheapest(rules, pattern.routeId, feed.stops.get(from)!.zoneId, feed.stops.get(to)!.zoneId)
      if (fare) keepCheaper(rides, { fromStopId: from, toStopId: to, fare }, report)
    }
  }
  return [...rides.values()]
}

type PricedRule = FareRule & { readonly fare: FeedFare }
type Rules = ReadonlyMap<string, readonly PricedRule[]>

function isUsable({ currency: given, priceMinor, line }: FeedFare, currency: string, report: Report): boolean {
  if (given !== currency)
    report.refused(`fare in ${given}: the company sells in ${currency}`, 'fare_attributes.txt', line)
  else if (priceMinor === 0n) report.refused('fare of 0', 'fare_attributes.txt', line)
  else return true
  return false
}

/** A fare without rules counts everywhere. */
function rulesByEnds({ fareRules }: Feed, fares: ReadonlyMap<string, FeedFare>): Rules {
  const ruled = new Set(fareRules.map(({ fareId }) => fareId))
  const everywhere = [...fares.values()]
    .filter(({ fareId }) => !ruled.has(fareId))
    .map((fare) => ({ ...fare, fare, routeId: '', originId: '', destinationId: '' }))
  const stated = fareRules.flatMap((rule) => {
    const fare = fares.get(rule.fareId)
    return fare ? [{ ...rule, fare }] : []
  })
  return Map.groupBy([...stated, ...everywhere], ({ originId, destinationId }) => endsKey(originId, destinationId))
}

function cheapest(rules: Rules, routeId: string, origin: string, destination: string): FeedFare | undefined {
  const ends = new Set([endsKey(origin, destination), endsKey(origin, ''), endsKey('', destination), endsKey('', '')])
  const fitting = [...ends]
    .flatMap((key) => rules.get(key) ?? [])
    .filter((rule) => rule.routeId === '' || rule.routeId === routeId)
  return fitting
    .map(({ fare }) => fare)
    .reduce<FeedFare | undefined>((best, fare) => (best && best.priceMinor <= fare.priceMinor ? best : fare), undefined)
}

function keepCheaper(rides: Map<string, PricedRide>, ride: PricedRide, report: Report): void {
  const key = `${ride.fromStopId}\n${ride.toStopId}`
  const before = rides.get(key)
  if (before && before.fare.priceMinor !== ride.fare.priceMinor) {
    report.mended('fare that differs by route: the cheapest counts', 'fare_attributes.txt', ride.fare.line)
  }
  if (!before || ride.fare.priceMinor < before.fare.priceMinor) rides.set(key, ride)
}

function ridesOf({ stops }: FeedPattern): { from: string; to: string }[] {
  return stops.flatMap(({ stopId: from }, i) =>
    stops
      .slice(i + 1)
      .filter(({ stopId }) => stopId !== from)
      .map(({ stopId: to }) => ({ from, to })),
  )
}

const endsKey = (origin: string, destination: string) => `${origin}\n${destination}`
