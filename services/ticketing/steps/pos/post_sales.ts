import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { isPositive, moneyToProto } from '#kit'
import type { Ctx } from '../../context.ts'
import { markPosted, type Posting, salesToPost, type SaleToPost } from '../../store/pos/postings.ts'

/** As many payments as the payment service takes down at once. */
const AT_ONCE = 1_000

/** Longer than a batch takes to be posted; whoever looks meanwhile leaves it to the one who is at it. */
const LOCK_MS = 30_000

/**
 * Has the money of batches posted, one after another. What fails stays owed, and the job `post-counter-sales` tries again:
 * the sale's id makes sure that it is posted once.
 */
export async function postSales(ctx: Ctx, postings: readonly Posting[]): Promise<void> {
  for (const posting of postings) {
    try {
      await ctx.locks.using([`posting:${posting.postingId}`], LOCK_MS, () => post(ctx, posting))
    } catch (err) {
      ctx.log.warn({ err, postingId: posting.postingId }, 'sales could not be posted and will be tried again')
    }
  }
}

async function post(ctx: Ctx, posting: Posting): Promise<void> {
  // All rows: book-keeping of our own.
  // Whoever rides for nothing has paid nothing.
  const sales = (await salesToPost(ctx.db.system, posting)).filter(({ price }) => isPositive(price))
  for (let from = 0; from < sales.length; from += AT_ONCE) {
    const payments = sales.slice(from, from + AT_ONCE).map(paymentOf)
    await ctx.peers.payment.recordCashPayments({ tenantId: posting.tenantId, payments })
  }
  await markPosted(ctx.db.system, posting.postingId, ctx.clock.now())
}

function paymentOf(sale: SaleToPost) {
  return {
    paymentIntentId: sale.saleId,
    orderId: sale.saleId,
    orderReference: sale.bookingCode,
    description: 'Sold at a counter',
    amount: moneyToProto(sale.price),
    collectTime: timestampFromDate(sale.saleTime),
    collectorUserId: sale.agentUserId,
    // There is no seat for it: the money is the passenger's.
    owedBack: sale.outcome === 'REFUND_QUEUED',
  }
}
