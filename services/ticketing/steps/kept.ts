import type { RowsOf } from '#kit'

/**
 * The outcome of some work, to be looked at later: a refusal is thrown by the one who asks for the value.
 *
 * What must be done before a transaction, such as signing, may be refused because an earlier attempt of the same call has
 * succeeded: then its stored answer counts, and the refusal is never looked at.
 */
export async function kept<T>(work: Promise<T>): Promise<() => T> {
  try {
    const value = await work
    return () => value
  } catch (err) {
    return () => {
      throw err
    }
  }
}

/** The rows to work on: those of the company of what was prepared. A repeat whose answer is stored works on none. */
export function rowsOf(prepared: () => { readonly old: { readonly tenantId: string } }): RowsOf {
  try {
    return { tenantId: prepared().old.tenantId }
  } catch {
    return 'session'
  }
}
