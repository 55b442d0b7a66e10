import type { Condition } from './condition.ts'

/** One role that a user holds, with what it allows. */
export type HeldRole = {
  readonly role: string
  /** The company within which it is held; undefined for everywhere. */
  readonly tenantId: string | undefined
  readonly permissions: readonly string[]
}

/** One permission granted beside the roles. */
export type HeldPermission = {
  readonly permission: string
  readonly tenantId: string | undefined
  /** Undefined when it holds under all circumstances. */
  readonly condition: Condition | undefined
}

/** All that was granted to one user. */
export type Grants = { readonly roles: readonly HeldRole[]; readonly permissions: readonly HeldPermission[] }

/** What a user may do while acting for one company, or for none: what a token says. */
export type Access = {
  readonly roles: readonly string[]
  /** What holds under all circumstances, sorted. */
  readonly permissions: readonly string[]
  /** What holds under a condition only. */
  readonly conditional: Readonly<Record<string, Condition>>
}

/**
 * What grants amount to while acting for a company: those that hold everywhere, and those within that company.
 *
 * @param tenantId undefined when acting for no company
 */
export function accessOf(grants: Grants, tenantId: string | undefined): Access {
  const holds = (grant: { readonly tenantId: string | undefined }) =>
    grant.tenantId === undefined || grant.tenantId === tenantId
  const roles = grants.roles.filter(holds)
  const direct = grants.permissions.filter(holds)
  const outright = [
    ...roles.flatMap((role) => role.permissions),
    ...direct.filter((grant) => !grant.condition).map((grant) => grant.permission),
  ]
  return {
    roles: sortedSet(roles.map((role) => role.role)),
    permissions: withoutCovered(sortedSet(outright)),
    conditional: conditionalOf(direct, outright),
  }
}

/** Whether permissions, with their wildcards `<service>.*` and `*`, allow one permission. */
export function allows(permissions: Iterable<string>, permission: string): boolean {
  const service = permission.slice(0, permission.indexOf('.'))
  for (const one of permissions) if (one === permission || one === '*' || one === `${service}.*`) return true
  return false
}

/** Companies that a user works for. */
export function tenantsOf(grants: Grants): readonly string[] {
  const ids = grants.roles.flatMap(({ tenantId }) => (tenantId === undefined ? [] : [tenantId]))
  return sortedSet(ids)
}

/** Conditions of what is not granted outright as well: the wider grant wins. */
function conditionalOf(direct: readonly HeldPermission[], outright: readonly string[]): Record<string, Condition> {
  const conditional: Record<string, Condition> = {}
  for (const { permission, condition } of direct) {
    if (condition && !allows(outright, permission)) conditional[permission] = condition
  }
  return conditional
}

/** Tokens travel with every call: what a wildcard covers need not be said again. */
function withoutCovered(permissions: readonly string[]): string[] {
  return permissions.filter((one) => {
    const others = permissions.filter((other) => other !== one)
    return !allows(others, one)
  })
}

function sortedSet(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort()
}
