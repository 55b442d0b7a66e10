import type { Tx } from '#kit'
import { Channel } from '#gen/tms/notification/v1/delivery_pb.ts'
import { DeliveryFailedSchema } from '#gen/tms/notification/v1/events_pb.ts'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { DeliveryRow } from '../store/schema.ts'

/** A message that was given up, and why. */
export type FailedMessage = { readonly row: DeliveryRow; readonly reason: string }

/** Tells that messages were given up. No personal data: who needs the recipient looks the delivery up. */
export async function publishFailed(tx: Tx, failed: readonly FailedMessage[], now: Date): Promise<void> {
  const events = failed.map(({ row, reason }) => ({
    key: row.deliveryId,
    message: {
      tenantId: row.tenantId ?? '',
      deliveryId: row.deliveryId,
      eventId: row.eventId,
      template: row.template,
      channel: Channel[row.channel],
      reason,
      reference: row.reference,
      failTime: timestampFromDate(now),
    },
  }))
  await tx.publishAll(DeliveryFailedSchema, events)
}
