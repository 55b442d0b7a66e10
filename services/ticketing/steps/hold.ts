import { isConstraint, type Money, moneyToProto, type Tx } from '#kit'
import type { Money as WireMoney } from '#gen/google/type/money_pb.ts'
import type { Booking } from '../domain/booking.ts'
import { isWithin } from '../domain/levels.ts'
import { legsOf, type Quote, type RideForSale, type SeatClass } from '../domain/ride.ts'
import type { SoldLevel } from '../domain/sales_terms.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { type Claimed, claimSeats, type Hold, type SeatClaim } from '../store/claims.ts'
import { legLoads, lockLevels } from '../store/leg_loads.ts'
import { notePrices } from '../store/prices.ts'
import { type Redemption, redeem } from '../store/promotions.ts'
import { promotionRefused } from './ask_price.ts'
import { newBookingCode } from './booking_codes.ts'

/**
 * Claims all seats of a booking at its price: how it came about is written down, its code redeemed, and the seats that its
 * levels must leave to others are counted.
 *
 * @returns the fencing token
 * @throws {ConnectError} TRIP_CHANGED, SEAT_TAKEN, FARE_SOLD_OUT, PROMOTION_REFUSED: then nothing may be kept
 */
export async function claimAll(tx: Tx, hold: Hold): Promise<bigint> {
  const levels = Object.entries(hold.levels) as [SeatClass, SoldLevel][]
  if (levels.length > 0) await lockLevels(tx, hold.tripId)
  const fence = assertClaimed(hold, await claimSeats(tx, hold))
  if (levels.length > 0) await assertWithin(tx, hold, levels)
  if (isWorthNoting(hold)) await notePrices(tx, hold.bookingId, hold)
  if (hold.redemption) await redeemOnce(tx, hold.bookingId, hold.redemption)
  return fence
}

function assertClaimed(plan: Hold, claimed: Claimed | undefined): bigint {
  if (!claimed) throw refuse('TRIP_CHANGED', 'the trip was changed at this moment; ask again')
  const taken = plan.seats.find((seat) => !claimed.seatLabels.includes(seat.seatLabel))
  if (taken) throw seatTaken(taken.seatLabel)
  return claimed.fence
}

export function seatTaken(label: string) {
  return refuse('SEAT_TAKEN', `seat ${label} is taken`, { seat: label })
}

/** Counted after the claim, under the lock that sales at levels wait for: what one has sold, the next one sees. */
async function assertWithin(
  tx: Tx,
  { tripId, legs, now }: Hold,
  levels: readonly [SeatClass, SoldLevel][],
): Promise<void> {
  const [loads] = await legLoads(tx, [{ tripId, legs }], now)
  for (const [seatClass, level] of levels) {
    if (isWithin(level, loads?.[seatClass] ?? [])) continue
    throw refuse('FARE_SOLD_OUT', 'the seats at this price were sold; ask for the price again', {
      seat_class: seatClass,
    })
  }
}

/** A plain fare, sold by the passenger, says nothing that the price does not say. */
function isWorthNoting({ termsVersion, channel, seats, redemption }: Hold): boolean {
  const plain = ({ traveller, priceLines }: SeatClaim) =>
    priceLines.length === 1 && traveller.ageGroup === 'ADULT' && traveller.residency === undefined
  return termsVersion > 0n || channel !== 'WEB' || redemption !== undefined || !seats.every(plain)
}

async function redeemOnce(tx: Tx, bookingId: string, redemption: Redemption): Promise<void> {
  try {
    await redeem(tx, bookingId, redemption)
  } catch (err) {
    if (isConstraint(err, 'promotion_code_within_limit')) throw promotionRefused('USED_UP')
    if (isConstraint(err, 'promotion_person_within_limit')) throw promotionRefused('USED_BY_YOU')
    throw err
  }
}

/** Who gets a hold, and until when. */
export type Holder = Pick<Hold, 'bookingId' | 'userId' | 'phone' | 'email' | 'language' | 'holdExpireTime' | 'now'> & {
  /** One for each seat. */
  readonly names: readonly string[]
  readonly redemption?: Redemption | undefined
}

/** Seats of a ride at their price, as they are to be held. */
export function holdOf(ctx: Ctx, ride: RideForSale, priced: Quote, { names, redemption, ...holder }: Holder): Hold {
  return {
    ...holder,
    redemption,
    tenantId: ride.trip.tenantId,
    bookingCode: newBookingCode(),
    tripId: ride.trip.tripId,
    basis: ride,
    legs: legsOf(ride),
    departureTime: ride.origin.departureTime,
    paymentIntentId: ctx.newId(),
    ...pricedAs(ctx, ride, priced, names),
  }
}

/** What a hold says of its price. */
function pricedAs(
  ctx: Ctx,
  { terms }: RideForSale,
  { lines, total, channel, levels }: Quote,
  names: readonly string[],
): Pick<Hold, 'seats' | 'total' | 'channel' | 'termsVersion' | 'levels'> {
  return {
    total,
    channel,
    termsVersion: terms.version,
    levels,
    seats: lines.map(({ seat, price, traveller, priceLines }, position) => ({
      claimId: ctx.newId(),
      position,
      name: (names[position] ?? '').replace(/^ +| +$/g, ''),
      seatLabel: seat.label,
      seatClass: seat.seatClass,
      ...{ price, traveller, priceLines },
    })),
  }
}

/**
 * Compared as they are on the wire: an amount that no currency has is another amount, not a fault.
 *
 * @throws {ConnectError} FARE_CHANGED when an amount is another than the caller was shown
 */
export function assertShown(amount: Money, shown: WireMoney | undefined, what: string): void {
  const { currencyCode, units, nanos } = moneyToProto(amount)
  if (shown?.currencyCode === currencyCode && shown.units === units && shown.nanos === nanos) return
  throw refuse('FARE_CHANGED', `the ${what} is another than the one that was shown`, {
    [what]: amount.minor.toString(),
  })
}

/** The booking as it was just written. */
export function heldBooking(plan: Hold, fence: bigint): Booking {
  return {
    ...plan,
    fromSequence: plan.legs.from,
    toSequence: plan.legs.to,
    state: 'HELD',
    fence,
    createTime: plan.now,
    confirmTime: undefined,
    cancelTime: undefined,
    cancelCause: undefined,
    liveClaims: plan.seats.length,
    passengers: plan.seats.map((seat) => ({ ...seat, ticket: undefined })),
    promotionCode: plan.redemption?.code ?? '',
    refunds: [],
    awaitsChoice: false,
    replaces: undefined,
    replacedById: undefined,
    open: undefined,
    carried: [],
    doorSale: false,
  }
}
