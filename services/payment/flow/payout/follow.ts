import type { Ctx } from '../../context.ts'
import { queryDelaySeconds, secondsAfter } from '../../domain/schedule.ts'
import { callbackUrls } from '../../providers/index.ts'
import type { PayoutRow } from '../../store/payout_schema.ts'
import { movePayout, noteOnPayout } from '../../store/payouts.ts'
import { orderOf, railOfPayout } from './rail.ts'
import { dispatchPayout, retryPayout } from './send.ts'
import { refusePayout, settlePayout } from './settle.ts'

/** Does what is due about a payout: sends it, sends it again, or asks what became of it. */
export async function followPayout(ctx: Ctx, payout: PayoutRow): Promise<void> {
  switch (payout.state) {
    case 'APPROVED':
    case 'RETRYING':
      return dispatchPayout(ctx, payout)
    case 'SENDING':
      return orphaned(ctx, payout)
    case 'PENDING':
    case 'UNKNOWN':
      return void (await applyWord(ctx, payout, 'query'))
    case 'AWAITING_APPROVAL':
    case 'SUCCEEDED':
    case 'FAILED':
    case 'REJECTED':
    case 'CANCELLED':
      return noteOnPayout(ctx.db.system, payout.payoutId, { nextActionTime: null })
  }
}

/** Whoever was to make the call is gone; whether it was made, nobody here knows. */
async function orphaned(ctx: Ctx, payout: PayoutRow): Promise<void> {
  const now = ctx.clock.now()
  const change = { cause: 'no word of its call', maybeTaken: true, nextActionTime: now, updateTime: now }
  const unknown = await movePayout(ctx.db.system, payout.payoutId, 'UNKNOWN', change)
  if (unknown) await applyWord(ctx, unknown, 'query')
}

/** Asks the provider and does what follows from its answer. False when it did not say yet. */
export async function applyWord(ctx: Ctx, payout: PayoutRow, cause: string, callbackId?: string): Promise<boolean> {
  const reference = payout.requestReference ?? undefined
  const word = await railOfPayout(ctx, payout).query(orderOf(payout), reference, callbackUrls(ctx, payout))
  switch (word.outcome) {
    case 'PAID':
      await settlePayout(ctx, payout, { receipt: word.receipt, cause, callbackId })
      return true
    case 'FAILED':
      // What it never had is sent again, which it would recognise if it had.
      await (word.reason === 'NOT_RECEIVED'
        ? retryPayout(ctx, payout, word.code)
        : refusePayout(ctx, payout, word.code, callbackId))
      return word.reason !== 'NOT_RECEIVED'
    case 'ASKED':
      await askLater(ctx, payout, word.reference)
      return false
    case 'AWAITING_PAYER': // of charges only
    case 'PENDING':
    case 'UNKNOWN':
      await askLater(ctx, payout)
      return false
  }
}

async function askLater(ctx: Ctx, payout: PayoutRow, inquiryReference?: string): Promise<void> {
  const queryCount = payout.queryCount + 1
  await noteOnPayout(ctx.db.system, payout.payoutId, {
    queryCount,
    nextActionTime: secondsAfter(ctx.clock.now(), queryDelaySeconds(queryCount)),
    ...(inquiryReference !== undefined && { inquiryReference }),
  })
}
