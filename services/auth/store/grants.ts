import type { Queries } from '#kit'
import { and, asc, eq, isNull, lt, type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import type { HeldPermission, HeldRole } from '../domain/access.ts'
import type { Condition } from '../domain/condition.ts'
import { conditionFromRow, conditionToRow } from './condition_row.ts'
import { permissionGrant, role, roleGrant, type RoleRow } from './schema.ts'

/** A grant of either kind, and since when it holds. */
export type Since<T> = T & { readonly createTime: Date }

/** All that a user was granted, everywhere. */
export async function grantsOf(
  db: Queries,
  userId: string,
): Promise<{ roles: Since<HeldRole>[]; permissions: Since<HeldPermission>[] }> {
  const roles = await db
    .select({
      role: role.role,
      tenantId: roleGrant.tenantId,
      permissions: role.permissions,
      createTime: roleGrant.createTime,
    })
    .from(roleGrant)
    .innerJoin(role, eq(role.role, roleGrant.role))
    .where(and(eq(roleGrant.userId, userId), eq(roleGrant.revoked, false)))
    .orderBy(asc(roleGrant.createTime))
  const permissions = await db
    .select()
    .from(permissionGrant)
    .where(eq(permissionGrant.userId, userId))
    .orderBy(asc(permissionGrant.createTime))
  return {
    roles: roles.map((row) => ({ ...row, tenantId: row.tenantId ?? undefined })),
    permissions: permissions.map(({ permission, tenantId, condition, createTime }) => ({
      permission,
      tenantId: tenantId ?? undefined,
      condition: condition ? conditionFromRow(condition) : undefined,
      createTime,
    })),
  }
}

/** Every role, by name. */
export async function listRoles(db: Queries): Promise<RoleRow[]> {
  return db.select().from(role).orderBy(asc(role.role))
}

/** A role. Returns undefined when there is none of that name. */
export async function findRole(db: Queries, name: string): Promise<RoleRow | undefined> {
  const [row] = await db.select().from(role).where(eq(role.role, name))
  return row
}

/** As {@link findRole}, and nobody else changes it until the transaction ends. */
export async function lockRole(db: Queries, name: string): Promise<RoleRow | undefined> {
  const [row] = await db.select().from(role).where(eq(role.role, name)).for('update')
  return row
}

/** Changes what a role allows. */
export async function setPermissions(db: Queries, name: string, permissions: readonly string[]): Promise<void> {
  await db
    .update(role)
    .set({ permissions: [...permissions] })
    .where(eq(role.role, name))
}

/** Gives a user a role; a repeat changes nothing. @param tenantId undefined for a platform role */
export async function insertRoleGrant(
  db: Queries,
  grant: { readonly userId: string; readonly role: string; readonly tenantId: string | undefined },
  at: Date,
): Promise<void> {
  await db
    .insert(roleGrant)
    .values({ ...grant, createTime: at })
    .onConflictDoNothing()
}

/** Takes a platform role from a user. Returns false when they did not have it. */
export async function deletePlatformRole(db: Queries, userId: string, name: string): Promise<boolean> {
  const rows = await db
    .delete(roleGrant)
    .where(and(eq(roleGrant.userId, userId), eq(roleGrant.role, name), isNull(roleGrant.tenantId)))
    .returning({ userId: roleGrant.userId })
  return rows.length > 0
}

/** A change of a user's role within a company. */
export type TenantRoleChange = {
  readonly userId: string
  readonly role: string
  readonly tenantId: string
  readonly revision: bigint
  readonly revoked: boolean
}

/** Notes a change of a role within a company. Returns false when it, or a later one, was noted before. */
export async function saveTenantRole(db: Queries, change: TenantRoleChange, at: Date): Promise<boolean> {
  const rows = await db
    .insert(roleGrant)
    .values({ ...change, createTime: at })
    .onConflictDoUpdate({
      target: [roleGrant.userId, roleGrant.role, roleGrant.tenantId],
      set: { revision: sql`excluded.revision`, revoked: sql`excluded.revoked`, createTime: at },
      setWhere: lt(roleGrant.revision, sql`excluded.revision`),
    })
    .returning({ userId: roleGrant.userId })
  return rows.length > 0
}

/** Users who have a platform role; none of them loses or gains it until the transaction ends. */
export async function lockHolders(db: Queries, name: string): Promise<string[]> {
  await lockRole(db, name)
  const rows = await db
    .select({ userId: roleGrant.userId })
    .from(roleGrant)
    .where(and(eq(roleGrant.role, name), isNull(roleGrant.tenantId)))
  return rows.map(({ userId }) => userId)
}

/** Gives a user one permission, or changes its condition. */
export async function savePermissionGrant(
  db: Queries,
  grant: {
    readonly userId: string
    readonly permission: string
    readonly tenantId: string | undefined
    readonly condition: Condition | undefined
  },
  at: Date,
): Promise<void> {
  const condition = grant.condition ? conditionToRow(grant.condition) : null
  await db
    .insert(permissionGrant)
    .values({ ...grant, condition, createTime: at })
    .onConflictDoUpdate({
      target: [permissionGrant.userId, permissionGrant.permission, permissionGrant.tenantId],
      set: { condition: sql`excluded.condition` },
    })
}

/** Takes one permission from a user; nothing happens when they did not have it. */
export async function deletePermissionGrant(
  db: Queries,
  grant: { readonly userId: string; readonly permission: string; readonly tenantId: string | undefined },
): Promise<void> {
  await db
    .delete(permissionGrant)
    .where(
      and(
        eq(permissionGrant.userId, grant.userId),
        eq(permissionGrant.permission, grant.permission),
        within(permissionGrant.tenantId, grant.tenantId),
      ),
    )
}

function within(column: AnyPgColumn, tenantId: string | undefined): SQL {
  return tenantId === undefined ? isNull(column) : eq(column, tenantId)
}
