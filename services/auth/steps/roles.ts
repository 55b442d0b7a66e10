import type { Queries } from '#kit'
import { refuse } from '../errors.ts'
import { findRole } from '../store/grants.ts'
import { findUser } from '../store/users.ts'

/**
 * Refuses a role that does not exist, or that is granted on the other of the two ways.
 *
 * @throws {ConnectError} ROLE_UNKNOWN, ROLE_NOT_GRANTABLE
 */
export async function refuseOtherRoles(db: Queries, name: string, tenantBound: boolean): Promise<void> {
  const role = await findRole(db, name)
  if (!role) throw refuse('ROLE_UNKNOWN', `there is no role ${name}`)
  if (role.tenantBound === tenantBound) return
  const where = role.tenantBound ? 'within a company' : 'on the platform'
  throw refuse('ROLE_NOT_GRANTABLE', `the role ${name} is granted ${where} only`)
}

/** @throws {ConnectError} NOT_FOUND / USER_UNKNOWN */
export async function refuseUnknownUser(db: Queries, userId: string): Promise<void> {
  if (!(await findUser(db, userId))) throw refuse('USER_UNKNOWN', 'no such account')
}
