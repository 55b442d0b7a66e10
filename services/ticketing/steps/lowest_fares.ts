import type { Ctx } from '../context.ts'
import type { DayFare, SellerLine } from '../domain/connection.ts'
import { shownFares } from '../domain/ride.ts'
import type { SalesTerms } from '../domain/sales_terms.ts'
import { dayFaresBetween, ruledDayParts, ruledParts, type RuledPart, sellerLines } from '../store/connections.ts'
import { everybodysTerms, termsFromJson } from '../store/sales_terms.ts'
import type { Between } from '../store/timetable.ts'

/** Who drives between which towns, with lowest fares under the terms of each company; levels are for whoever looks at a day. */
export async function lowestOfSellers(ctx: Ctx, from: Date, until: Date): Promise<SellerLine[]> {
  // All rows: what is on sale is public, whoever asks.
  const { system } = ctx.db
  const terms = await rulingTerms(ctx)
  const parts = await ruledParts(system, [...terms.keys()], from, until)
  const lowest = lowestBy(parts, terms, ({ tenantId, currency, originTown, destinationTown }) =>
    JSON.stringify([tenantId, currency, originTown, destinationTown]),
  )
  return (await sellerLines(system, from, until)).map((line) => {
    if (!terms.has(line.tenantId)) return line
    const { tenantId, currency, originTown, destinationTown } = line
    const minor = lowest.get(JSON.stringify([tenantId, currency, originTown, destinationTown]))
    return { ...line, lowestMinor: minor?.toString() ?? null }
  })
}

/** The lowest fares of some days, under the terms of each company. */
export async function lowestOfDays(
  ctx: Ctx,
  asked: {
    readonly between: Between
    readonly firstDate: string
    readonly days: number
    readonly leavingAfter: Date
  },
): Promise<DayFare[]> {
  const { between, firstDate, days, leavingAfter } = asked
  // All rows: what is on sale is public, whoever asks.
  const { system } = ctx.db
  const terms = await rulingTerms(ctx)
  const ruled = [...terms.keys()]
  const parts = await ruledDayParts(system, between, firstDate, days, leavingAfter, ruled)
  const lowest = lowestBy(parts, terms, ({ serviceDate, currency }) => `${serviceDate} ${currency}`)
  return (await dayFaresBetween(system, between, firstDate, days, leavingAfter, ruled)).map((day) => {
    const own = lowest.get(`${day.serviceDate} ${day.currency}`)
    const others = day.lowestMinor === null ? undefined : BigInt(day.lowestMinor)
    const least = own === undefined || (others !== undefined && others < own) ? others : own
    return { ...day, lowestMinor: least?.toString() ?? null }
  })
}

/** The terms that raise or lower fares, by company. */
async function rulingTerms(ctx: Ctx): Promise<Map<string, SalesTerms>> {
  const all = Object.entries(await everybodysTerms(ctx.db.system))
  const read = all.map(([tenantId, json]) => [tenantId, termsFromJson(json)] as const)
  return new Map(read.filter(([, { rules, stepMinor }]) => rules.length > 0 || stepMinor > 1n))
}

function lowestBy(
  parts: readonly RuledPart[],
  terms: ReadonlyMap<string, SalesTerms>,
  keyOf: (part: RuledPart) => string,
): Map<string, bigint> {
  const lowest = new Map<string, bigint>()
  for (const part of parts) {
    const { currency, serviceDate, seatClass, fromStopId, toStopId, minor } = part
    const fares = shownFares(
      {
        ...{ trip: { currency, serviceDate }, origin: { stopId: fromStopId }, destination: { stopId: toStopId } },
        ...{ fares: { [seatClass]: minor }, terms: terms.get(part.tenantId)! },
      },
      {},
    )
    const price = fares[seatClass]
    const [key, known] = [keyOf(part), lowest.get(keyOf(part))]
    if (price !== undefined && (known === undefined || price < known)) lowest.set(key, price)
  }
  return lowest
}
