import { moneyToProto, type Tx } from '#kit'
import { AccountKind } from '#gen/tms/payment/v1/ledger_pb.ts'
import type { Ctx } from '../context.ts'
import type { Posting } from '../domain/shift.ts'
import { markPosted, type OwedPosting, owePostings } from '../store/deposits.ts'
import type { Shift } from '../store/shifts.ts'

/** Writes down what the ledger is to be told of a shift, and tells it after the commit. */
export async function postCash(
  tx: Tx,
  ctx: Ctx,
  shift: Pick<Shift, 'tenantId' | 'shiftId'>,
  postings: readonly Posting[],
): Promise<void> {
  const owed = await owePostings(tx, shift, postings, ctx.newId, ctx.clock.now())
  tx.afterCommit(() => handOverPostings(ctx, owed))
}

/**
 * Hands transfers to the ledger, one after another. What fails stays owed, and the job `post-cash` tries again: the id of
 * the transfer makes sure that it is booked once.
 */
export async function handOverPostings(ctx: Ctx, postings: readonly OwedPosting[]): Promise<void> {
  for (const posting of postings) {
    try {
      await ctx.peers.ledger.postTransfer(transferOf(posting))
      // All rows: book-keeping of our own.
      await markPosted(ctx.db.system, posting.postingId, ctx.clock.now())
    } catch (err) {
      const { postingId, shiftId } = posting
      ctx.log.warn({ err, postingId, shiftId }, 'cash could not be booked and will be tried again')
    }
  }
}

function transferOf({ postingId, tenantId, amount, ...accounts }: OwedPosting) {
  const account = (kind: string, holder: string) => ({
    kind: AccountKind[kind as keyof typeof AccountKind],
    holder,
    currencyCode: amount.currency,
  })
  return {
    transferId: postingId,
    tenantId,
    transfer: {
      debit: account(accounts.debitKind, accounts.debitHolder),
      credit: account(accounts.creditKind, accounts.creditHolder),
      amount: moneyToProto(amount),
    },
  }
}
