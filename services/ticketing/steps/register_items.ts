import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { isConstraint, isPositive, type Money, moneyToProto, type Tx } from '#kit'
import type { Ctx } from '../context.ts'
import { addItems, itemsOf, type LuggageItem, markPaid, type NewItem } from '../store/luggage.ts'
import { newBookingCode } from './booking_codes.ts'
import { collectCash } from './collect_cash.ts'

/** How long a tag's key must verify: pieces are fetched, or found, long after the trip. */
const TAG_DAYS = 90

/** How long a fee may be paid by other means than cash. */
const PAY_HOURS = 24

/** A tag that was signed for a piece to be. */
export type Tag = { readonly itemId: string; readonly tagNumber: string; readonly tagCode: string }

/** Has tags signed for pieces that are about to be taken in. Writes nothing: a tag that is not used is on no piece. */
export async function signTags(ctx: Ctx, tenantId: string, count: number): Promise<Tag[]> {
  const expireTime = timestampFromDate(new Date(ctx.clock.now().getTime() + TAG_DAYS * 86_400_000))
  const tags = Array.from({ length: count }, () => ({
    ...{ itemId: ctx.newId(), tenantId, tagNumber: newBookingCode(), expireTime },
  }))
  const { codes } = await ctx.peers.qr.signLuggageTags({ tags })
  return tags.map(({ itemId, tagNumber }, i) => ({ itemId, tagNumber, tagCode: codes[i] ?? '' }))
}

/** Takes pieces in; their fee is one payment. */
export async function takeIn(
  tx: Tx,
  ctx: Ctx,
  items: readonly Omit<NewItem, 'fee' | 'paymentIntentId' | 'createTime'>[],
  fee: Money,
): Promise<void> {
  const paymentIntentId = isPositive(fee) ? ctx.newId() : undefined
  const createTime = ctx.clock.now()
  await addItems(
    tx,
    items.map((item) => ({ ...item, fee, paymentIntentId, createTime })),
  )
  tx.afterCommit(() => ctx.happened('luggage_registered', { trip_id: items[0]?.tripId ?? '', pieces: items.length }))
}

/** Runs `attempt` again when a tag number that it drew is taken; once is enough for as long as anybody travels. */
export async function drawingTags<T>(attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt()
  } catch (err) {
    if (!isConstraint(err, 'luggage_tag_number')) throw err
    return attempt()
  }
}

/**
 * Asks for the fee of a registration, and takes it in cash when the caller has counted it. Repeats are harmless.
 *
 * @returns the pieces as they stand then
 */
export async function askFee(ctx: Ctx, registrationId: string, inCash: boolean): Promise<LuggageItem[]> {
  const read = () => ctx.db.transaction((tx) => itemsOf(tx, registrationId))
  const items = await read()
  const [first] = items
  if (first?.paymentIntentId === undefined || first.paid) return items
  const { paymentIntentId, tenantId, userId, tagNumber, fee, createTime } = first
  await ctx.peers.payment.createPaymentIntent({
    // Staff take pieces in: whoever did has sold it.
    ...{ paymentIntentId, tenantId, payerUserId: userId, sellerUserId: userId },
    amount: moneyToProto(fee),
    orderId: registrationId,
    orderReference: tagNumber,
    description: first.kind === 'PARCEL' ? 'parcel' : 'luggage',
    expireTime: timestampFromDate(new Date(createTime.getTime() + PAY_HOURS * 3_600_000)),
  })
  if (!inCash) return items
  await collectCash(ctx, paymentIntentId)
  await ctx.db.transaction((tx) => markPaid(tx, paymentIntentId, ctx.clock.now()))
  return read()
}
