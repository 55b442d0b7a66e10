import type { Tx } from '#kit'
import { and, asc, eq, gt, inArray, isNull, or } from 'drizzle-orm'
import { revocation, revocationVersion, signedTicket, type RevocationRow } from './schema.ts'

/**
 * Revokes tickets of one company and gives their revocations, those of earlier calls included, by version.
 *
 * The company's counter is locked until the transaction ends: see its table.
 */
export async function revoke(
  tx: Tx,
  tenantId: string,
  ticketIds: readonly string[],
  reason: string,
  at: Date,
): Promise<RevocationRow[]> {
  const version = await lockVersion(tx, tenantId)
  const known = await revocationsOf(tx, ticketIds)
  const isKnown = new Set(known.map((row) => row.ticketId))
  const fresh = ticketIds
    .filter((ticketId) => !isKnown.has(ticketId))
    .map((ticketId, i) => ({ ticketId, tenantId, version: version + BigInt(i + 1), reason, revokeTime: at }))
  if (fresh.length === 0) return known
  await tx.insert(revocation).values(fresh)
  await tx
    .update(revocationVersion)
    .set({ version: version + BigInt(fresh.length) })
    .where(eq(revocationVersion.tenantId, tenantId))
  return [...known, ...fresh]
}

async function lockVersion(tx: Tx, tenantId: string): Promise<bigint> {
  const rows = await tx
    .insert(revocationVersion)
    .values({ tenantId, version: 0n })
    // Changes nothing, but locks the row that is there.
    .onConflictDoUpdate({ target: revocationVersion.tenantId, set: { version: revocationVersion.version } })
    .returning({ version: revocationVersion.version })
  return rows[0]?.version ?? 0n
}

async function revocationsOf(tx: Tx, ticketIds: readonly string[]): Promise<RevocationRow[]> {
  return tx
    .select()
    .from(revocation)
    .where(inArray(revocation.ticketId, [...ticketIds]))
    .orderBy(asc(revocation.version))
}

/** One page of the caller's company's revocations after a version, without tickets that have expired anyway. */
export async function revocationsAfter(tx: Tx, version: bigint, limit: number, now: Date): Promise<RevocationRow[]> {
  const mayStillTravel = or(isNull(signedTicket.expireTime), gt(signedTicket.expireTime, now))
  const rows = await tx
    .select({ row: revocation })
    .from(revocation)
    .leftJoin(signedTicket, eq(signedTicket.ticketId, revocation.ticketId))
    .where(and(gt(revocation.version, version), mayStillTravel))
    .orderBy(asc(revocation.version))
    .limit(limit)
  return rows.map(({ row }) => row)
}

/** The version of the company's last revocation; 0 when there was none. */
export async function lastVersion(tx: Tx, tenantId: string): Promise<bigint> {
  const rows = await tx
    .select({ version: revocationVersion.version })
    .from(revocationVersion)
    .where(eq(revocationVersion.tenantId, tenantId))
  return rows[0]?.version ?? 0n
}
