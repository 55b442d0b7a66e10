import { timestampDate, timestampFromDate } from '@bufbuild/protobuf/wkt'
import { moneyFromProto } from '#kit'
import type { CollectedCash } from '#gen/tms/payment/v1/till_service_pb.ts'
import type { Ctx } from '../context.ts'
import type { NewMovement } from '../store/shift_cash.ts'
import { lastCountTime, type Shift } from '../store/shifts.ts'

/** Clocks of two processes differ by less; what is told twice is known by its payment. */
const CLOCK_SLACK_MS = 60_000

/**
 * The cash that the agent of a shift has taken for payments since his last count, as the payment service knows it. Asked
 * when it is needed: an event may still be on its way, the drawer is there at once.
 */
export async function collectedBy(ctx: Ctx, shift: Shift): Promise<NewMovement[]> {
  const { tenantId, agentUserId: collectorUserId } = shift
  const last = await ctx.db.transaction((tx) => lastCountTime(tx, tenantId, collectorUserId), { tenantId })
  const sinceTime = timestampFromDate(new Date((last?.getTime() ?? CLOCK_SLACK_MS) - CLOCK_SLACK_MS))
  const collected: CollectedCash[] = []
  for (let pageToken: string | undefined; pageToken !== '';) {
    const page = await ctx.peers.till.listCollectedCash({ tenantId, collectorUserId, sinceTime, pageToken })
    collected.push(...page.collections)
    pageToken = page.nextPageToken
  }
  return collected.flatMap((one) => saleOf(ctx, one)).filter(({ amount }) => amount.currency === shift.float.currency)
}

function saleOf(ctx: Ctx, { paymentIntentId, amount, collectTime }: CollectedCash): NewMovement[] {
  if (!amount || !collectTime) return []
  return [
    {
      movementId: ctx.newId(),
      kind: 'SALE',
      amount: moneyFromProto(amount),
      subjectId: paymentIntentId,
      moveTime: timestampDate(collectTime),
    },
  ]
}
