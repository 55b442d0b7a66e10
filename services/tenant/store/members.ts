import type { Queries } from '#kit'
import { and, asc, eq, gt, inArray, lt, sql } from 'drizzle-orm'
import { member, type MemberRow } from './schema.ts'

/** One role of one person in a company. */
export type MemberKey = Pick<MemberRow, 'tenantId' | 'userId' | 'role'>

/** Roles that somebody has, whether or not auth knows yet. */
const isHeld = inArray(member.state, ['GRANTING', 'ACTIVE'])
/** Roles that somebody had. */
const isGone = inArray(member.state, ['REVOKING', 'REMOVED'])

/** Records a role that auth has yet to be told of; nothing happens when the person has it. */
export async function recordRole(db: Queries, key: MemberKey, at: Date): Promise<void> {
  await db
    .insert(member)
    .values({ ...key, state: 'GRANTING', revision: 1n, joinTime: at, changeTime: at })
    .onConflictDoUpdate({
      target: [member.tenantId, member.userId, member.role],
      set: { state: 'GRANTING', revision: sql`${member.revision} + 1`, joinTime: at, changeTime: at },
      setWhere: isGone,
    })
}

/** Records that a person loses every role. Returns the roles that they had. */
export async function recordRemoval(db: Queries, tenantId: string, userId: string, at: Date): Promise<MemberRow[]> {
  return db
    .update(member)
    .set({ state: 'REVOKING', revision: sql`${member.revision} + 1`, changeTime: at })
    .where(and(eq(member.tenantId, tenantId), eq(member.userId, userId), isHeld))
    .returning()
}

/** Notes that auth was told of a change; nothing happens when there was another one in between. */
export async function markTold(db: Queries, row: MemberRow): Promise<void> {
  const { tenantId, userId, role, revision } = row
  await db
    .update(member)
    .set({ state: row.state === 'GRANTING' ? 'ACTIVE' : 'REMOVED' })
    .where(
      and(
        eq(member.tenantId, tenantId),
        eq(member.userId, userId),
        eq(member.role, role),
        eq(member.revision, revision),
      ),
    )
}

/** Roles that a person has in a company. */
export async function rolesOf(db: Queries, tenantId: string, userId: string): Promise<MemberRow[]> {
  return db
    .select()
    .from(member)
    .where(and(eq(member.tenantId, tenantId), eq(member.userId, userId), isHeld))
    .orderBy(asc(member.role))
}

/** Roles that anybody has in a company. */
export async function rolesIn(db: Queries, tenantId: string): Promise<MemberRow[]> {
  return db
    .select()
    .from(member)
    .where(and(eq(member.tenantId, tenantId), isHeld))
}

/** Roles of a page of people, by their ids. @param page.after the person that the last page ended with */
export async function listMembers(
  db: Queries,
  tenantId: string,
  page: { readonly limit: number; readonly after: string | undefined },
): Promise<MemberRow[]> {
  const here = and(eq(member.tenantId, tenantId), isHeld)
  const people = db
    .selectDistinct({ userId: member.userId })
    .from(member)
    .where(and(here, page.after === undefined ? undefined : gt(member.userId, page.after)))
    .orderBy(asc(member.userId))
    .limit(page.limit)
  return db
    .select()
    .from(member)
    .where(and(here, inArray(member.userId, people)))
    .orderBy(asc(member.userId), asc(member.role))
}

/** Changes of which auth was not told for a while, oldest first. */
export async function listUntold(db: Queries, before: Date, limit: number): Promise<MemberRow[]> {
  return db
    .select()
    .from(member)
    .where(and(inArray(member.state, ['GRANTING', 'REVOKING']), lt(member.changeTime, before)))
    .orderBy(asc(member.changeTime))
    .limit(limit)
}
