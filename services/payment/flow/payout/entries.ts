import { money, type Money, type Tx } from '#kit'
import type { Ctx } from '../../context.ts'
import { reversed, type Transfer } from '../../domain/books.ts'
import { payoutPromised, payoutSettled } from '../../domain/payout_books.ts'
import { uncountFromCap } from '../../store/dues.ts'
import { type Entry, postEntry, transfersOf } from '../../store/journal.ts'
import type { PayoutRow } from '../../store/payout_schema.ts'
import { PLATFORM } from './caps.ts'

/** What a payout sends. */
export function amountOfPayout({ currency, amountMinor }: Pick<PayoutRow, 'currency' | 'amountMinor'>): Money {
  return money(currency, amountMinor)
}

/** Books that a payout's amount is set aside. */
export async function bookPromise(ctx: Ctx, tx: Tx, payout: PayoutRow): Promise<void> {
  const source = { kind: payout.sourceKind, holder: payout.sourceHolder }
  const transfers = payoutPromised({ tenantId: payout.tenantId, source }, amountOfPayout(payout))
  await post(ctx, tx, payout, 'PAYOUT_PROMISED', transfers)
}

/** Books that it has left. */
export async function bookDeparture(ctx: Ctx, tx: Tx, payout: PayoutRow): Promise<void> {
  const transfers = payoutSettled(payout.tenantId, payout.provider, amountOfPayout(payout))
  await post(ctx, tx, payout, 'PAYOUT_SETTLED', transfers)
}

/** Books that it will not leave: the promise is reversed, and the day's limits have it back. */
export async function bookRelease(ctx: Ctx, tx: Tx, payout: PayoutRow): Promise<void> {
  const promised = await transfersOf(tx, payout.payoutId, 'PAYOUT_PROMISED')
  await post(ctx, tx, payout, 'PAYOUT_RELEASED', reversed(promised))
  const amount = amountOfPayout(payout)
  await uncountFromCap(tx, payout.capDay, payout.tenantId, amount)
  await uncountFromCap(tx, payout.capDay, PLATFORM, amount)
}

function post(ctx: Ctx, tx: Tx, payout: PayoutRow, kind: Entry['kind'], transfers: readonly Transfer[]): Promise<void> {
  return postEntry(tx, {
    entryId: ctx.newId(),
    tenantId: payout.tenantId,
    kind,
    causeId: payout.payoutId,
    transfers,
    postTime: ctx.clock.now(),
  })
}
