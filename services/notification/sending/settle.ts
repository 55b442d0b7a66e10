import type { Tx } from '#kit'
import type { Ctx } from '../context.ts'
import type { DeliveryRow } from '../store/schema.ts'
import {
  dropEarlyReport,
  dropOldReports,
  reportsMatchedById,
  reportsMatchedByPhone,
  settleDelivery,
  type FinalReport,
} from '../store/reports.ts'
import { publishFailed } from './failed.ts'

/** Ends a message as its provider reports, and tells when it failed. */
export async function settle(
  tx: Tx,
  row: DeliveryRow,
  report: FinalReport & { readonly providerMessageId: string },
  now: Date,
): Promise<void> {
  const isChanged = await settleDelivery(tx, row.deliveryId, report, now)
  if (isChanged && !report.isDelivered) await publishFailed(tx, [{ row, reason: report.reason }], now)
}

const dayMs = 86_400_000

/** Applies reports that came before their message was known: by the provider's id, else by the phone that they name. */
export async function settleEarlyReports(ctx: Ctx): Promise<void> {
  const now = ctx.clock.now()
  await ctx.db.transaction(async (tx) => {
    const matched = [...(await reportsMatchedById(tx)), ...(await reportsMatchedByPhone(tx))]
    for (const { report, row } of matched) {
      await settle(tx, row, report, now)
      await dropEarlyReport(tx, report.providerMessageId)
    }
    await dropOldReports(tx, new Date(now.getTime() - dayMs))
  }, 'system') // reports name no company
}
