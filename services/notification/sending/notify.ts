import type { EventMeta, Tx } from '#kit'
import type { DescMessage, MessageShape } from '@bufbuild/protobuf'
import type { Ctx } from '../context.ts'
import { maskRecipient } from '../domain/masking.ts'
import { enqueue } from '../store/queue.ts'
import type { NewDelivery } from '../store/schema.ts'
import { compose } from '../templates/compose.ts'
import type { Channel } from '../templates/say.ts'
import type { Template } from '../templates/template.ts'
import { senderOf } from './sender.ts'

/**
 * Makes a consumer's reaction: of the templates of an event, those that apply are written, queued in the transaction that
 * remembers the event, and sent right after its commit.
 */
export function sends(templates: readonly Template[]) {
  return async (ctx: Ctx, tx: Tx, event: MessageShape<DescMessage>, { envelope }: EventMeta): Promise<void> => {
    const source = { eventId: envelope.eventId, tenantId: envelope.tenantId === '' ? null : envelope.tenantId }
    const rows = templates
      .filter(({ when }) => when?.(event) ?? true)
      .flatMap((template) => deliveriesFor(ctx, template, event).map((row) => ({ ...row, ...source })))
    if (rows.length === 0) return
    await enqueue(tx, rows)
    for (const channel of new Set(rows.map((row) => row.channel))) tx.afterCommit(() => senderOf(ctx).flush(channel))
  }
}

type Unsourced = Omit<NewDelivery, 'eventId' | 'tenantId'>

/** One message for each way that the recipient can be reached. */
function deliveriesFor(ctx: Ctx, template: Template, event: MessageShape<DescMessage>): Unsourced[] {
  const { phone, email } = template.to(event)
  const addresses: readonly (readonly [Channel, string])[] = [
    ['SMS', phone],
    ['EMAIL', email],
  ]
  return addresses
    .filter(([, recipient]) => recipient !== '')
    .map(([channel, recipient]) => deliveryFor(ctx, template, event, channel, recipient))
}

const mailRepeatSeconds = 60

function deliveryFor(
  ctx: Ctx,
  template: Template,
  event: MessageShape<DescMessage>,
  channel: Channel,
  recipient: string,
): Unsourced {
  const now = ctx.clock.now()
  const { language } = template.to(event)
  const message = compose(template, event, channel, language, ctx.settings.publicUrl)
  return {
    deliveryId: ctx.newId(),
    template: template.name,
    channel,
    recipient,
    maskedRecipient: maskRecipient(recipient),
    language: message.language,
    reference: template.reference?.(event) ?? '',
    state: 'QUEUED',
    priority: template.isUrgent ? 0 : 1,
    subject: message.subject,
    body: message.text,
    redactedBody: message.redactedText,
    html: message.html === '' ? null : message.html,
    pictures: message.pictures.length > 0 ? message.pictures : null,
    nextAttemptTime: now,
    expireTime: template.usefulUntil(event, now),
    repeatAfterSeconds: channel === 'SMS' ? template.repeatSmsAfterSeconds : mailRepeatSeconds,
    createTime: now,
  }
}
