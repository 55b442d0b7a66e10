/** One company's trips of the coming days between two towns; plain JSON, because it waits in Redis. */
export type SellerLine = {
  readonly originTown: string
  readonly destinationTown: string
  readonly tenantId: string
  readonly companyName: string
  readonly currency: string
  readonly tripCount: number
  readonly shortestSeconds: number
  /** In the smallest unit, as text; null when no fare is set. */
  readonly lowestMinor: string | null
}

/** What a day has between two places; as {@link SellerLine}. */
export type DayFare = Pick<SellerLine, 'currency' | 'tripCount' | 'lowestMinor'> & { readonly serviceDate: string }

/** Two towns that buses join, and who drives between them, those with the most trips first. */
export type Connection = Pick<SellerLine, 'originTown' | 'destinationTown' | 'tripCount' | 'shortestSeconds'> & {
  readonly currency: string
  readonly lowestMinor: string | null
  readonly sellers: readonly SellerLine[]
}

/** A town and the middle of its stops. */
export type Town = {
  readonly name: string
  readonly location: { readonly latitudeDegrees: number; readonly longitudeDegrees: number }
}

/** Puts the companies of each pair of towns together; by origin, then by destination. */
export function connectionsOf(lines: readonly SellerLine[]): Connection[] {
  const pairs = Map.groupBy(lines, (line) => JSON.stringify([line.originTown, line.destinationTown]))
  return [...pairs.values()].flatMap(connectionOf).sort(byTowns)
}

function connectionOf(lines: readonly SellerLine[]): Connection[] {
  const sellers = lines.toSorted((a, b) => b.tripCount - a.tripCount || compare(a.companyName, b.companyName))
  const [first] = sellers
  if (!first) return []
  const { originTown, destinationTown, currency } = first
  return [
    {
      originTown,
      destinationTown,
      tripCount: sellers.reduce((sum, { tripCount }) => sum + tripCount, 0),
      shortestSeconds: Math.min(...sellers.map(({ shortestSeconds }) => shortestSeconds)),
      currency,
      lowestMinor: lowest(sellers.filter((line) => line.currency === currency)),
      sellers,
    },
  ]
}

/** Where a pair of towns stands in the list. */
export type TownPair = Pick<Connection, 'originTown' | 'destinationTown'>

export function byTowns(a: TownPair, b: TownPair): number {
  return compare(a.originTown, b.originTown) || compare(a.destinationTown, b.destinationTown)
}

function lowest(lines: readonly Pick<SellerLine, 'lowestMinor'>[]): string | null {
  const fares = lines.flatMap(({ lowestMinor }) => (lowestMinor === null ? [] : [BigInt(lowestMinor)]))
  return fares.length === 0 ? null : fares.reduce((low, fare) => (fare < low ? fare : low)).toString()
}

/** By code unit, so that it is the same wherever it runs. */
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
