import { TenantCreatedSchema } from '#gen/tms/tenant/v1/events_pb.ts'
import type { Ctx } from './context.ts'
import { tellAuth } from './steps/tell_auth.ts'
import { tenantNews } from './steps/to_proto.ts'
import { recordRole, rolesIn } from './store/members.ts'
import type { MemberRoleName, TenantRow } from './store/schema.ts'
import { findTenant, insertTenant } from './store/tenants.ts'

/** A company that a demonstration begins with, and who works for it. */
export type SeedTenant = Pick<
  TenantRow,
  'tenantId' | 'slug' | 'name' | 'country' | 'currency' | 'timeZone' | 'languages'
> & { readonly members: readonly { readonly userId: string; readonly role: MemberRoleName }[] }

/** Makes demonstration companies with their people; those that are there already stay as they are. */
export async function seedTenants(ctx: Ctx, tenants: readonly SeedTenant[]): Promise<void> {
  for (const tenant of tenants) await seedTenant(ctx, tenant)
}

async function seedTenant(ctx: Ctx, { members, ...company }: SeedTenant): Promise<void> {
  const { tenantId } = company
  const now = ctx.clock.now()
  const roles = await ctx.db.transaction(
    async (tx) => {
      if (!(await findTenant(tx, tenantId))) {
        const times = { createTime: now, updateTime: now }
        const row: TenantRow = { ...company, state: 'ACTIVE', suspendReason: '', revision: 1n, ...times }
        await insertTenant(tx, row)
        await tx.publish(TenantCreatedSchema, tenantId, tenantNews(row))
      }
      for (const { userId, role } of members) await recordRole(tx, { tenantId, userId, role }, now)
      return rolesIn(tx, tenantId)
    },
    { tenantId },
  )
  await tellAuth(ctx, roles)
}
