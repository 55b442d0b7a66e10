import type { Tx } from '#kit'
import { and, desc, eq, isNotNull, isNull, lt, ne } from 'drizzle-orm'
import type { Channel } from '../templates/say.ts'
import { delivery, type DeliveryRow, type DeliveryState, type NewDelivery } from './schema.ts'

/** Messages as their company sees them. */

/** What a list is narrowed to; undefined for all. */
export type DeliveryFilter = {
  readonly state: DeliveryState | undefined
  readonly channel: Channel | undefined
  readonly template: string | undefined
  readonly reference: string | undefined
}

/** One page, newest first: ids of version 7 are in the order of time. */
export async function deliveriesPage(
  tx: Tx,
  filter: DeliveryFilter,
  limit: number,
  beforeId: string | undefined,
): Promise<DeliveryRow[]> {
  return tx
    .select()
    .from(delivery)
    .where(
      and(
        filter.state && eq(delivery.state, filter.state),
        filter.channel && eq(delivery.channel, filter.channel),
        filter.template === undefined ? undefined : eq(delivery.template, filter.template),
        filter.reference === undefined ? undefined : eq(delivery.reference, filter.reference),
        beforeId === undefined ? undefined : lt(delivery.deliveryId, beforeId),
      ),
    )
    .orderBy(desc(delivery.deliveryId))
    .limit(limit)
}

/** Undefined when there is none, or it is another company's. */
export async function findDelivery(tx: Tx, deliveryId: string): Promise<DeliveryRow | undefined> {
  const rows = await tx.select().from(delivery).where(eq(delivery.deliveryId, deliveryId))
  return rows[0]
}

export async function addDelivery(tx: Tx, row: NewDelivery): Promise<DeliveryRow> {
  const rows = await tx.insert(delivery).values(row).returning()
  const [added] = rows
  if (!added) throw new Error('an insert returned no row')
  return added
}

/** Forgets what messages said that nobody will send any more, and to whom. Returns how many. */
export async function forgetTexts(tx: Tx, createdBefore: Date): Promise<number> {
  const rows = await tx
    .update(delivery)
    .set({ recipient: null, subject: '', body: null, redactedBody: null, html: null, pictures: null })
    .where(
      and(
        isNotNull(delivery.recipient),
        lt(delivery.createTime, createdBefore),
        isNull(delivery.nextAttemptTime),
        ne(delivery.state, 'SENDING'),
      ),
    )
    .returning({ id: delivery.deliveryId })
  return rows.length
}
