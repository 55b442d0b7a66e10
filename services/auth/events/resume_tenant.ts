import { on } from '#kit'
import { TenantResumedSchema } from '#gen/tms/tenant/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import { saveTenantState } from '../store/tenant_states.ts'

/** Its people can act for a company again. */
export const resumeTenant = on(
  TenantResumedSchema,
  async (_ctx: Ctx, tx, { tenantId, revision }) => {
    await saveTenantState(tx, { tenantId, revision, suspended: false })
  },
  { name: 'resume-tenant' },
)
