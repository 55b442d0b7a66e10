import type { Handler } from '#kit'
import type { NotificationService } from '#gen/tms/notification/v1/notification_service_pb.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { senderOf } from '../sending/sender.ts'
import { addDelivery, findDelivery } from '../store/deliveries.ts'
import type { DeliveryRow, NewDelivery } from '../store/schema.ts'
import { deliveryToProto } from './to_proto.ts'

const dayMs = 86_400_000

export const resendDelivery =
  (ctx: Ctx): Handler<typeof NotificationService.method.resendDelivery> =>
  async (req, call) =>
    ctx.db.once(call, req, async (tx) => {
      const row = await findDelivery(tx, req.deliveryId)
      if (!row) throw refuse('DELIVERY_UNKNOWN', 'there is no such message', { delivery_id: req.deliveryId })
      refuseUnlessRepeatable(row)
      const added = await addDelivery(tx, copyOf(row, ctx.newId(), req.idempotencyKey, ctx.clock.now()))
      tx.afterCommit(() => senderOf(ctx).flush(added.channel))
      return { delivery: deliveryToProto(added) }
    })

function refuseUnlessRepeatable({ state, body, recipient, redactedBody }: DeliveryRow): void {
  if (state === 'QUEUED' || state === 'SENDING') {
    throw refuse('DELIVERY_UNDER_WAY', 'this message is still on its way')
  }
  if (body === null || recipient === null || redactedBody !== null) {
    throw refuse('TEXT_NOT_KEPT', 'the text of this message is not kept; cause a new one instead')
  }
}

/** The same message anew; a person asks for it now, so it is of use now. */
function copyOf(row: DeliveryRow, deliveryId: string, eventId: string, now: Date): NewDelivery {
  const { tenantId, template, channel, recipient, maskedRecipient, language, reference } = row
  const { subject, body, html, pictures, priority, repeatAfterSeconds } = row
  return {
    ...{ deliveryId, eventId, tenantId, template, channel, recipient, maskedRecipient, language, reference },
    ...{ subject, body, html, pictures, priority, repeatAfterSeconds },
    state: 'QUEUED',
    nextAttemptTime: now,
    expireTime: new Date(now.getTime() + dayMs),
    createTime: now,
    resendOfDeliveryId: row.deliveryId,
  }
}
