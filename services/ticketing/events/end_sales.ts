import { on } from '#kit'
import { TenantDeletedSchema } from '#gen/tms/tenant/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import { noteSeller } from '../store/trip_copy.ts'

/** A deleted company never sells again; its bookings stay in the books. */
export const endSales = on(
  TenantDeletedSchema,
  async (_ctx: Ctx, tx, { tenantId, revision }) => noteSeller(tx, tenantId, revision, true),
  { name: 'end-sales' },
)
