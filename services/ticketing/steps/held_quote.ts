import { sum } from '#kit'
import type { Ctx } from '../context.ts'
import type { Traveller } from '../domain/pricing.ts'
import { type HeldQuote, sealQuote, unsealQuote } from '../domain/quote_token.ts'
import type { PriceQuestion, Quote, RideForSale } from '../domain/ride.ts'
import { refuse } from '../errors.ts'
import { quoteSecret } from '../store/quote_key.ts'

/** Holds a price for some minutes: the token, and until when. */
export async function holdPrice(
  ctx: Ctx,
  { trip, origin, destination }: RideForSale,
  { lines, channel, promotionCode, levels }: Quote,
): Promise<{ token: string; expireTime: Date }> {
  const expireTime = new Date(ctx.clock.now().getTime() + ctx.settings.quoteSeconds * 1000)
  const quote: HeldQuote = {
    ...{ tripId: trip.tripId, fromSequence: origin.sequence, toSequence: destination.sequence },
    ...{ currency: trip.currency, channel, expireTime, promotionCode },
    levels: soldLevels(levels),
    seats: lines.map(({ seat: { label, seatClass }, traveller, priceLines }) => ({
      ...{ label, seatClass, traveller, priceLines },
    })),
  }
  return { token: sealQuote(quote, await quoteSecret(ctx.db.system)), expireTime }
}

/**
 * The price that a token holds for just these seats, travellers and code.
 *
 * @throws {ConnectError} QUOTE_INVALID, QUOTE_EXPIRED
 */
export async function heldPrice(
  ctx: Ctx,
  ride: RideForSale,
  token: string,
  asked: PriceQuestion & { readonly labels: readonly string[] },
): Promise<Quote> {
  const held = unsealQuote(token, await quoteSecret(ctx.db.system))
  if (!held || !isFor(held, ride, asked)) {
    throw refuse('QUOTE_INVALID', 'this price was not quoted by us for these seats and travellers')
  }
  if (held.expireTime <= ctx.clock.now()) {
    throw refuse('QUOTE_EXPIRED', 'the price was held for some minutes, which are over', {
      expire_time: held.expireTime.toISOString(),
    })
  }
  const { currency } = ride.trip
  const lines = held.seats.map(({ label, traveller, priceLines }) => ({
    seat: ride.seats.find((seat) => seat.label === label)!,
    price: sum(
      currency,
      priceLines.map(({ amount }) => amount),
    ),
    ...{ traveller, priceLines },
  }))
  const total = sum(
    currency,
    lines.map(({ price }) => price),
  )
  return { lines, total, channel: held.channel, promotionCode: held.promotionCode, levels: held.levels }
}

function soldLevels(levels: Quote['levels']): Quote['levels'] {
  const entries = Object.entries(levels).map(([seatClass, { code, protectedPercent }]) => [
    seatClass,
    { code, protectedPercent },
  ])
  return Object.fromEntries(entries) as Quote['levels']
}

function isFor(
  held: HeldQuote,
  { trip, origin, destination, seats }: RideForSale,
  { labels, travellers, channel, discount }: PriceQuestion & { readonly labels: readonly string[] },
): boolean {
  const sameRide =
    held.tripId === trip.tripId && held.fromSequence === origin.sequence && held.toSequence === destination.sequence
  const sameSeats = held.seats.every(({ label, seatClass, traveller }, i) => {
    const seat = seats.find((one) => one.label === label)
    return label === labels[i] && seat?.seatClass === seatClass && isSame(traveller, travellers[i])
  })
  const sameWay = held.channel === channel && held.promotionCode === (discount?.code ?? '')
  return sameRide && sameSeats && held.seats.length === labels.length && sameWay && held.currency === trip.currency
}

function isSame(held: Traveller, asked: Traveller | undefined): boolean {
  return held.ageGroup === (asked?.ageGroup ?? 'ADULT') && held.residency === asked?.residency
}
