import { money, type Money, type Tx } from '#kit'
import type { Ctx } from '../../context.ts'
import { type Entry, type EntryResult, type Outcome, plainResult, type TakeBackDetail } from '../../domain/pos/entry.ts'
import { readBooking } from '../../store/bookings.ts'
import type { SoldEntry } from '../../store/pos/journal.ts'
import { rideOf } from '../../store/rides.ts'
import { endPaidBooking } from '../cancel.ts'
import { giveBack } from '../give_back.ts'

/** A sale that an entry takes back, as the journal has it; `paidBack` is set once its money has left a drawer. */
export type SoldBefore = { -readonly [Key in keyof SoldEntry]: SoldEntry[Key] }

/**
 * Takes a sale back, because the agent says that its money was given out: its seat is free, its ticket void.
 *
 * Marks it as paid back, so that a second entry of the same batch finds it so.
 */
export async function takeBack(
  tx: Tx,
  ctx: Ctx,
  entry: Entry,
  detail: TakeBackDetail,
  sold: SoldBefore | undefined,
): Promise<EntryResult> {
  const refused = (reason: string) => plainResult(entry.sequence, 'REFUSED', reason)
  if (!sold) return refused('there is no such sale')
  if (sold.paidBack) return refused('the money of this sale has gone back before')
  const price = money(sold.currency, sold.priceMinor)
  const amount = detail.amount ?? price
  if (amount.currency !== price.currency || amount.minor > price.minor) return refused('the sale did not cost so much')
  const elsewhere = sold.deviceId !== entry.deviceId || sold.shiftId !== entry.shiftId
  if (detail.kind === 'VOID' && elsewhere) return refused('the sale is of another shift: it can be refunded only')
  const outcome = await end(tx, ctx, sold.saleId, amount, detail.reason)
  if (outcome === 'REFUSED') return refused('the passenger is on board, or another amount goes back already')
  sold.paidBack = true
  return plainResult(entry.sequence, outcome)
}

async function end(tx: Tx, ctx: Ctx, saleId: string, amount: Money, reason: string): Promise<Outcome> {
  const booking = await readBooking(tx, saleId)
  if (!booking) return 'REFUSED'
  const { paymentIntentId } = booking
  if (booking.state === 'CONFIRMED') {
    const ride = await rideOf(tx, booking)
    const ending = { cause: 'COMPANY', reason, now: ctx.clock.now(), refund: amount } as const
    return (await endPaidBooking(tx, ctx, booking, ride, ending)) ? 'RECORDED' : 'REFUSED'
  }
  // What is owed already, because the trip was cancelled, is handed over now.
  const [owed] = booking.refunds
  if (owed) return owed.amount.minor === amount.minor ? 'RECORDED' : 'REFUSED'
  const given = await giveBack(tx, ctx, booking, { paymentIntentId, amount, reason: 'no seat was left' })
  return given ? 'RECORDED' : 'REFUSED'
}
