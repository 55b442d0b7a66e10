import type { Queries, Session } from '#kit'
import type { Ctx } from '../context.ts'
import { openLevel } from '../domain/levels.ts'
import { type Discount, type Traveller } from '../domain/pricing.ts'
import { legsOf, type PriceQuestion, type RideForSale, type SeatClass } from '../domain/ride.ts'
import type { Level, SalesChannel } from '../domain/sales_terms.ts'
import { refuse } from '../errors.ts'
import { legLoads } from '../store/leg_loads.ts'
import { type FoundCode, findCode, type Redemption } from '../store/promotions.ts'

/** What a request says beside the seats. */
export type PriceRequest = {
  readonly labels: readonly string[]
  /** One for each seat, or none. */
  readonly travellers: readonly Traveller[]
  readonly promotionCode: string
}

/** What is asked about a price, and the code that the booking would redeem. */
export type AskedPrice = PriceQuestion & { readonly redemption: Redemption | undefined }

/**
 * What decides about the price of seats at this moment.
 *
 * @throws {ConnectError} SEAT_COUNT_WRONG, PROMOTION_REFUSED
 */
export async function askPrice(
  ctx: Ctx,
  ride: RideForSale,
  session: Session,
  { labels, travellers, promotionCode }: PriceRequest,
): Promise<AskedPrice> {
  if (travellers.length !== 0 && travellers.length !== labels.length) {
    throw refuse('SEAT_COUNT_WRONG', 'name one traveller for each seat, or none', { passengers: String(labels.length) })
  }
  const found = promotionCode === '' ? undefined : await findRedeemable(ctx, ride, promotionCode.toUpperCase())
  return {
    channel: channelOf(session, ride.trip.tenantId),
    travellers,
    // All rows: how full a bus is, is public.
    levels: await levelsFor(ctx.db.system, ride, labels, ctx.clock.now()),
    discount: found && discountOf(found),
    redemption: found && { ...found, promotionId: found.promotion.promotionId },
  }
}

/** Who sells: the company's own staff, a partner, or else the passenger. */
export function channelOf(session: Session, tenantId: string): SalesChannel {
  if (session.audience === 'partner') return 'AGENT'
  return session.tenantId === tenantId && session.can('ticketing.sales.create') ? 'COUNTER' : 'WEB'
}

/** The cheapest level that is open in each class for so many seats of it; none for a company without levels. */
export async function levelsFor(
  db: Queries,
  ride: RideForSale,
  labels: readonly string[],
  now: Date,
): Promise<Partial<Record<SeatClass, Level>>> {
  const { levels } = ride.terms
  if (levels.length === 0) return {}
  const [loads] = await legLoads(db, [{ tripId: ride.trip.tripId, legs: legsOf(ride) }], now)
  const wanted = ride.seats.filter(({ label }) => labels.includes(label))
  const parties = Map.groupBy(wanted, ({ seatClass }) => seatClass)
  return Object.fromEntries(
    [...parties].flatMap(([seatClass, party]) => {
      const open = openLevel(levels, loads?.[seatClass] ?? [], party.length)
      return open ? [[seatClass, open]] : []
    }),
  )
}

async function findRedeemable(ctx: Ctx, { trip }: RideForSale, code: string): Promise<FoundCode> {
  // All rows: whoever knows a code may ask what it is worth.
  const found = await findCode(ctx.db.system, trip.tenantId, code)
  if (!found) throw promotionRefused('UNKNOWN')
  const { validFrom, validUntil, endTime, off } = found.promotion
  const now = ctx.clock.now()
  if (now < validFrom || validUntil <= now || endTime) throw promotionRefused('NOT_NOW')
  if ('amount' in off && off.amount.currency !== trip.currency) throw promotionRefused('OTHER_CURRENCY')
  if (found.isUsedUp) throw promotionRefused('USED_UP')
  return found
}

export function promotionRefused(why: 'UNKNOWN' | 'NOT_NOW' | 'USED_UP' | 'USED_BY_YOU' | 'OTHER_CURRENCY') {
  return refuse('PROMOTION_REFUSED', 'this code cannot be redeemed', { why })
}

function discountOf({ code, promotion: { name, off } }: FoundCode): Discount {
  return { code, name, off }
}
