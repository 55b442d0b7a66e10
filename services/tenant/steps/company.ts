import type { Queries, Session } from '#kit'
import { flagDefaults, type FlagName } from '../domain/flags.ts'
import { refuse } from '../errors.ts'
import { findFlag } from '../store/flags.ts'
import type { TenantRow } from '../store/schema.ts'
import { holdTenant } from '../store/tenants.ts'

/**
 * A company that may change something now, and stays so until the transaction ends.
 *
 * @throws {ConnectError} TENANT_UNKNOWN, TENANT_SUSPENDED
 */
export async function workingTenant(db: Queries, tenantId: string): Promise<TenantRow> {
  const row = await holdTenant(db, tenantId)
  if (!row) throw tenantUnknown()
  refuseSuspended(row)
  return row
}

/** @throws {ConnectError} FAILED_PRECONDITION / TENANT_SUSPENDED, with the reason */
export function refuseSuspended({ state, suspendReason }: TenantRow): void {
  if (state !== 'SUSPENDED') return
  const facts = { suspend_reason: suspendReason }
  throw refuse('TENANT_SUSPENDED', `this company is suspended: ${suspendReason}`, facts)
}

/** The error for a company that does not exist, or may not be seen. */
export function tenantUnknown() {
  return refuse('TENANT_UNKNOWN', 'no such company')
}

/**
 * Refuses what a company has switched off. Platform staff acting for it are not bound: switching off means leaving it
 * to them.
 *
 * @throws {ConnectError} FAILED_PRECONDITION / FEATURE_OFF
 */
export async function refuseWhenOff(db: Queries, session: Session, tenantId: string, flag: FlagName): Promise<void> {
  if (session.can('tenant.flags.update')) return
  const set = await findFlag(db, tenantId, flag)
  if (set?.enabled ?? flagDefaults[flag]) return
  throw refuse('FEATURE_OFF', 'this is left to the platform for your company', { flag })
}
