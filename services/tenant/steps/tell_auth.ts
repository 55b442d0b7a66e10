import type { Ctx } from '../context.ts'
import { markTold } from '../store/members.ts'
import type { MemberRow } from '../store/schema.ts'

/**
 * Tells auth of roles as they were recorded, and notes that it was told. What fails is left to the job `tell-auth`.
 *
 * The record comes first, in a transaction of its own; the call second; the note third. Whatever breaks in between, the
 * record says what is left to do, and auth bears being told twice. A grant that is held up on its way cannot undo the
 * revocation that followed it, because auth ignores a lower revision than it knows.
 */
export async function tellAuth(ctx: Ctx, rows: readonly MemberRow[]): Promise<void> {
  for (const row of rows) {
    await tell(ctx, row).catch((err: unknown) => {
      ctx.log.warn({ err, tenantId: row.tenantId }, 'auth will be told of a role later')
    })
  }
}

async function tell(ctx: Ctx, row: MemberRow): Promise<void> {
  const { tenantId, userId, role, revision } = row
  switch (row.state) {
    case 'GRANTING':
      await ctx.peers.auth.grantTenantRole({ userId, tenantId, role, revision })
      break
    case 'REVOKING':
      await ctx.peers.auth.revokeTenantRole({ userId, tenantId, role, revision })
      break
    default:
      return
  }
  await ctx.db.transaction((tx) => markTold(tx, row), { tenantId })
}
