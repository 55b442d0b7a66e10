/** What decides for which company a session may act. */
export type TenantChoice = {
  /** What the user asked for; undefined to leave it to us. */
  readonly wanted: string | undefined
  /** Companies in which the user has a role. */
  readonly memberOf: readonly string[]
  readonly suspended: ReadonlySet<string>
  /** Platform administrators may act for any company. */
  readonly forAny: boolean
}

/** The company to act for (undefined: none), or why not. */
export type ChosenTenant =
  | { readonly tenantId: string | undefined; readonly refusal?: never }
  | { readonly refusal: 'NOT_A_MEMBER' | 'TENANT_SUSPENDED' }

/**
 * Chooses the company that a session acts for.
 *
 * Whoever asks for none gets the only one where they work, so that an agent or a driver need not know that there is a
 * choice. Administrators can look after a suspended company; its own people cannot act for it.
 */
export function chooseTenant({ wanted, memberOf, suspended, forAny }: TenantChoice): ChosenTenant {
  if (wanted === undefined) {
    const [only, ...others] = memberOf.filter((tenantId) => !suspended.has(tenantId))
    return { tenantId: others.length === 0 ? only : undefined }
  }
  if (forAny) return { tenantId: wanted }
  if (!memberOf.includes(wanted)) return { refusal: 'NOT_A_MEMBER' }
  return suspended.has(wanted) ? { refusal: 'TENANT_SUSPENDED' } : { tenantId: wanted }
}
