import { on } from '#kit'
import { TenantResumedSchema } from '#gen/tms/tenant/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import { noteSeller } from '../store/trip_copy.ts'

/** A company that works again sells again. */
export const resumeSales = on(
  TenantResumedSchema,
  async (_ctx: Ctx, tx, { tenantId, revision }) => noteSeller(tx, tenantId, revision, false),
  { name: 'resume-sales' },
)
