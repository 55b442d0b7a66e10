import type { Handler } from '#kit'
import { Channel } from '#gen/tms/notification/v1/delivery_pb.ts'
import type { NotificationService } from '#gen/tms/notification/v1/notification_service_pb.ts'
import type { Ctx } from '../context.ts'
import { sizeOf } from '../domain/gsm7.ts'
import { refuse } from '../errors.ts'
import { compose } from '../templates/compose.ts'
import { templateNamed } from '../templates/index.ts'

export const previewTemplate =
  (ctx: Ctx): Handler<typeof NotificationService.method.previewTemplate> =>
  async (req) => {
    const template = templateNamed(req.template)
    if (!template) throw refuse('TEMPLATE_UNKNOWN', 'there is no such template', { template: req.template })
    const isMail = req.channel === Channel.EMAIL
    const { publicUrl } = ctx.settings
    const message = compose(template, template.sample, isMail ? 'EMAIL' : 'SMS', req.language, publicUrl, req.values)
    const { subject, text, html } = message
    const size = isMail ? { segments: 0, isGsm7: false } : sizeOf(text)
    return { preview: { subject, text, html, segments: size.segments, gsm7: size.isGsm7 } }
  }
