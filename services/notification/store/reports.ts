import type { Tx } from '#kit'
import { and, eq, inArray, isNull, lt, sql } from 'drizzle-orm'
import { delivery, earlyReport, type DeliveryRow, type EarlyReportRow } from './schema.ts'

/** What providers report afterwards. */

/** How a message ended. */
export type FinalReport = Pick<EarlyReportRow, 'isDelivered' | 'reason'>

/** Finds the message that a provider knows by this id, and locks it; undefined when we do not know it (yet). */
export async function findByMessageId(tx: Tx, providerMessageId: string): Promise<DeliveryRow | undefined> {
  const rows = await tx.select().from(delivery).where(eq(delivery.providerMessageId, providerMessageId)).for('update')
  return rows[0]
}

/** Ends a message as reported. False when it had ended before: a state never moves backwards. */
export async function settleDelivery(
  tx: Tx,
  deliveryId: string,
  { isDelivered, reason, providerMessageId }: FinalReport & { readonly providerMessageId: string },
  now: Date,
): Promise<boolean> {
  const rows = await tx
    .update(delivery)
    .set({
      state: isDelivered ? 'DELIVERED' : 'FAILED',
      deliverTime: isDelivered ? now : null,
      failureReason: isDelivered ? '' : reason,
      nextAttemptTime: null,
      providerMessageId,
      sendTime: sql`coalesce(${delivery.sendTime}, ${delivery.claimTime})`,
      body: sql`coalesce(${delivery.redactedBody}, ${delivery.body})`,
      html: sql`case when ${delivery.redactedBody} is null then ${delivery.html} end`,
    })
    .where(and(eq(delivery.deliveryId, deliveryId), inArray(delivery.state, ['SENT', 'UNKNOWN'])))
    .returning({ id: delivery.deliveryId })
  return rows.length > 0
}

/** Keeps a report whose message is not known yet. */
export async function keepEarlyReport(tx: Tx, report: EarlyReportRow): Promise<void> {
  await tx.insert(earlyReport).values(report).onConflictDoNothing()
}

/** An early report and the message that it turned out to be about. */
export type MatchedReport = { readonly report: EarlyReportRow; readonly row: DeliveryRow }

/** Early reports whose message has become known by its id. */
export async function reportsMatchedById(tx: Tx): Promise<MatchedReport[]> {
  return tx
    .select({ report: earlyReport, row: delivery })
    .from(earlyReport)
    .innerJoin(delivery, eq(delivery.providerMessageId, earlyReport.providerMessageId))
    .limit(500)
}

/**
 * Early reports for the phone of a message whose provider id was lost with the provider's answer. Only where the phone has
 * exactly one such message, and the report came after it was handed over.
 */
export async function reportsMatchedByPhone(tx: Tx): Promise<MatchedReport[]> {
  const isUnknown = and(eq(delivery.channel, 'SMS'), eq(delivery.state, 'UNKNOWN'), isNull(delivery.providerMessageId))
  const isOnlyOne = sql`(select count(*) from delivery other
    where other.recipient = ${delivery.recipient} and other.channel = 'SMS' and other.state = 'UNKNOWN') = 1`
  return tx
    .select({ report: earlyReport, row: delivery })
    .from(earlyReport)
    .innerJoin(delivery, and(eq(delivery.recipient, earlyReport.recipient), isUnknown))
    .where(and(sql`${delivery.claimTime} <= ${earlyReport.receiveTime}`, isOnlyOne))
    .limit(500)
}

export async function dropEarlyReport(tx: Tx, providerMessageId: string): Promise<void> {
  await tx.delete(earlyReport).where(eq(earlyReport.providerMessageId, providerMessageId))
}

/** Forgets reports that no message was found for. */
export async function dropOldReports(tx: Tx, receivedBefore: Date): Promise<void> {
  await tx.delete(earlyReport).where(lt(earlyReport.receiveTime, receivedBefore))
}
