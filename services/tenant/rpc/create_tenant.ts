import type { Handler } from '#kit'
import { TenantCreatedSchema } from '#gen/tms/tenant/v1/events_pb.ts'
import type { TenantService } from '#gen/tms/tenant/v1/tenant_service_pb.ts'
import type { Ctx } from '../context.ts'
import { isReserved } from '../domain/slug.ts'
import { refuse } from '../errors.ts'
import { contactFrom } from '../steps/contact.ts'
import { invite } from '../steps/invite.ts'
import { settingsFrom } from '../steps/settings.ts'
import { invitationToProto, tenantNews, tenantToProto } from '../steps/to_proto.ts'
import type { TenantRow } from '../store/schema.ts'
import { insertTenant, isSlugTaken, isTenantIdTaken } from '../store/tenants.ts'

export const createTenant =
  (ctx: Ctx): Handler<typeof TenantService.method.createTenant> =>
  async (req, call) => {
    const contact = contactFrom(req.manager)
    const { tenantId, slug, name, country } = req
    if (isReserved(slug)) throw slugTaken(slug)
    const now = ctx.clock.now()
    const row: TenantRow = {
      tenantId,
      slug,
      name,
      country,
      ...settingsFrom(req.settings),
      state: 'ACTIVE',
      suspendReason: '',
      revision: 1n,
      createTime: now,
      updateTime: now,
    }
    const made = ctx.db.once(call, req, async (tx) => {
      await insertTenant(tx, row)
      await tx.publish(TenantCreatedSchema, tenantId, tenantNews(row))
      const first = { invitationId: ctx.newId(), contact, role: 'manager' as const, language: '' }
      const invitation = await invite(ctx, tx, row, first)
      ctx.happened('tenant.created')
      return { tenant: tenantToProto(row), invitation: invitationToProto(invitation, name, now) }
    })
    return made.catch((err: unknown) => {
      if (isSlugTaken(err)) throw slugTaken(slug)
      throw isTenantIdTaken(err) ? refuse('ID_TAKEN', 'this tenant_id is in use; choose another') : err
    })
  }

function slugTaken(slug: string) {
  return refuse('SLUG_TAKEN', `another company is called ${slug}`, { slug })
}
