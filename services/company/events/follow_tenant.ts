import { type TenantCreated, TenantCreatedSchema, TenantUpdatedSchema } from '#gen/tms/tenant/v1/events_pb.ts'
import { on, type Tx } from '#kit'
import { announceTouched } from '../announce.ts'
import type { Ctx } from '../context.ts'
import { keepCompany } from '../store/companies.ts'

/** A new company is known here as soon as it exists. */
export const followTenantCreated = on(
  TenantCreatedSchema,
  async (_ctx: Ctx, tx, event) => {
    await keep(tx, event)
  },
  { name: 'follow-tenant-created' },
)

/** A company that calls itself otherwise is sold under its new name. */
export const followTenantUpdated = on(
  TenantUpdatedSchema,
  async (ctx: Ctx, tx, event) => {
    if (await keep(tx, event)) await announceTouched(ctx, tx, event.tenantId, {})
  },
  { name: 'follow-tenant-updated' },
)

type Facts = Pick<TenantCreated, 'tenantId' | 'slug' | 'name' | 'currency' | 'timeZone' | 'revision'>

function keep(tx: Tx, { tenantId, slug, name, currency, timeZone, revision }: Facts): Promise<boolean> {
  return keepCompany(tx, { tenantId, slug, name, currency, timeZone, revision })
}
