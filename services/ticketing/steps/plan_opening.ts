import { isPositive, type Money, type Session, subtract } from '#kit'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { feeOf } from './plan_change.ts'
import { type Changeable, reachChangeable } from './reach_change.ts'

/** A paid booking that is to become an open ticket. */
export type Opening = Changeable & { readonly value: Money; readonly fee: Money; readonly expireTime: Date }

const DAY_MS = 86_400_000

/**
 * What an open ticket for a booking would be worth, and until when.
 *
 * @throws {ConnectError} the refusals of QuoteOpening
 */
export async function openingOf(
  ctx: Ctx,
  session: Session,
  request: { readonly bookingId: string; readonly waiveFee: boolean },
): Promise<Opening> {
  const changeable = await reachChangeable(ctx, session, request.bookingId, 'PAID')
  const { old, soldUnder, now } = changeable
  const fee = feeOf(changeable, request.waiveFee)
  const value = subtract(old.total, fee)
  if (soldUnder.openTicketDays === 0 || !isPositive(value)) {
    throw refuse('OPEN_TICKETS_OFF', 'the company issues no open ticket for this booking')
  }
  return { ...changeable, value, fee, expireTime: new Date(now.getTime() + soldUnder.openTicketDays * DAY_MS) }
}
