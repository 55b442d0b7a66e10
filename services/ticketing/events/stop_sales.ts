import { on } from '#kit'
import { TenantSuspendedSchema } from '#gen/tms/tenant/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import { noteSeller } from '../store/trip_copy.ts'

/** A suspended company sells nothing; what it sold stays sold. */
export const stopSales = on(
  TenantSuspendedSchema,
  async (_ctx: Ctx, tx, { tenantId, revision }) => noteSeller(tx, tenantId, revision, true),
  { name: 'stop-sales' },
)
