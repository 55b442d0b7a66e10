import { nextPageToken, pageOf, type Handler } from '#kit'
import { Channel } from '#gen/tms/notification/v1/delivery_pb.ts'
import type { NotificationService } from '#gen/tms/notification/v1/notification_service_pb.ts'
import type { Ctx } from '../context.ts'
import { languages } from '../domain/language.ts'
import { templates } from '../templates/index.ts'
import { sayIn } from '../templates/say.ts'
import type { Template } from '../templates/template.ts'

export const listTemplates =
  (ctx: Ctx): Handler<typeof NotificationService.method.listTemplates> =>
  async (req) => {
    const { limit, after = '' } = pageOf<string>(req, { default: 50, max: 200 })
    const page = templates.filter(({ name }) => name > after).slice(0, limit)
    return {
      templates: page.map((template) => templateToProto(template, ctx.settings.publicUrl)),
      nextPageToken: nextPageToken(page, limit, ({ name }) => name),
    }
  }

function templateToProto(template: Template, publicUrl: string) {
  const samples = template.values(template.sample, sayIn('en', 'SMS', publicUrl))
  return {
    name: template.name,
    event: template.event.typeName,
    description: template.description,
    channels: [Channel.SMS, Channel.EMAIL],
    languages: [...languages],
    placeholders: Object.entries(samples).map(([name, sample]) => ({
      name,
      sample,
      secret: template.secrets?.includes(name) ?? false,
    })),
  }
}
