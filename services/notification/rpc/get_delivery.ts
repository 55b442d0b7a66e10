import type { Handler } from '#kit'
import type { NotificationService } from '#gen/tms/notification/v1/notification_service_pb.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { findDelivery } from '../store/deliveries.ts'
import { deliveryToProto } from './to_proto.ts'

export const getDelivery =
  (ctx: Ctx): Handler<typeof NotificationService.method.getDelivery> =>
  async ({ deliveryId }) => {
    const row = await ctx.db.transaction((tx) => findDelivery(tx, deliveryId))
    if (!row) throw refuse('DELIVERY_UNKNOWN', 'there is no such message', { delivery_id: deliveryId })
    // A text that waits to be sent may still hold its secret.
    return { delivery: deliveryToProto(row), subject: row.subject, text: row.redactedBody ?? row.body ?? '' }
  }
