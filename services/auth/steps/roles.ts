import type { Queries, Session } from '#kit'
import { refuse } from '../errors.ts'
import { findRole } from '../store/grants.ts'
import type { RoleRow } from '../store/schema.ts'
import { findUser } from '../store/users.ts'

/**
 * Refuses to hand on what somebody does not have: or else a right to grant would be a right to everything.
 *
 * @throws {ConnectError} PERMISSION_DENIED / PERMISSION_NOT_HELD
 */
export function refuseNotHeld(session: Session, permissions: readonly string[]): void {
  const foreign = permissions.find((permission) => !session.can(permission))
  if (foreign === undefined) return
  throw refuse('PERMISSION_NOT_HELD', `you do not have ${foreign} yourself`, { permission: foreign })
}

/**
 * The role of that name; refuses one that does not exist, or that is granted on the other of the two ways.
 *
 * @throws {ConnectError} ROLE_UNKNOWN, ROLE_NOT_GRANTABLE
 */
export async function grantableRole(db: Queries, name: string, tenantBound: boolean): Promise<RoleRow> {
  const role = await findRole(db, name)
  if (!role) throw refuse('ROLE_UNKNOWN', `there is no role ${name}`)
  if (role.tenantBound === tenantBound) return role
  const where = role.tenantBound ? 'within a company' : 'on the platform'
  throw refuse('ROLE_NOT_GRANTABLE', `the role ${name} is granted ${where} only`)
}

/** @throws {ConnectError} NOT_FOUND / USER_UNKNOWN */
export async function refuseUnknownUser(db: Queries, userId: string): Promise<void> {
  if (!(await findUser(db, userId))) throw refuse('USER_UNKNOWN', 'no such account')
}
