import { on } from '#kit'
import { TenantSuspendedSchema } from '#gen/tms/tenant/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import { endSessions } from '../steps/sessions.ts'
import { saveTenantState } from '../store/tenant_states.ts'

/** Nobody acts for a suspended company: sessions that do are ended, and none begins. */
export const suspendTenant = on(
  TenantSuspendedSchema,
  async (ctx: Ctx, tx, { tenantId, revision }) => {
    const isNews = await saveTenantState(tx, { tenantId, revision, suspended: true })
    if (!isNews) return
    const count = await endSessions(ctx, tx, { tenantId }, 'TENANT_SUSPENDED')
    ctx.happened('auth.tenant_suspended', { sessions_ended: count })
  },
  { name: 'suspend-tenant' },
)
