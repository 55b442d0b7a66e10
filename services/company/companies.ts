import type { Ctx } from './context.ts'
import { refuse } from './errors.ts'
import { type CompanyRow, findCompany, keepCompany } from './store/companies.ts'

/**
 * A company as it is known here; asked of the tenant service when its event has not arrived yet.
 *
 * Not within a transaction: it may call a peer.
 *
 * @throws {ConnectError} NOT_FOUND / COMPANY_UNKNOWN when there is none
 */
export async function companyOf(ctx: Ctx, tenantId: string): Promise<CompanyRow> {
  const known = await ctx.db.transaction((tx) => findCompany(tx, tenantId), { tenantId })
  if (known) return known
  const { tenants } = await ctx.peers.tenant.batchGetTenants({ tenantIds: [tenantId] })
  const [tenant] = tenants
  if (!tenant?.settings) throw refuse('COMPANY_UNKNOWN', 'no such company', { tenant_id: tenantId })
  const { slug, name, revision, settings } = tenant
  const row = { tenantId, slug, name, revision, currency: settings.currency, timeZone: settings.timeZone }
  await ctx.db.transaction((tx) => keepCompany(tx, row), { tenantId })
  return row
}
