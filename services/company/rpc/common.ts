import type { HandlerContext } from '@connectrpc/connect'
import { isServiceDate, refuseCall, sessionOf, sqlStateOf } from '#kit'
import { refuse } from '../errors.ts'

/**
 * The company that the caller acts for.
 *
 * @throws {ConnectError} PERMISSION_DENIED / TENANT_MISSING for a service that calls on nobody's behalf
 */
export function tenantOf(call: Pick<HandlerContext, 'values'>): string {
  const { tenantId } = sessionOf(call)
  if (tenantId === undefined) throw refuseCall('TENANT_MISSING', 'choose the company that you act for')
  return tenantId
}

/** Refuses a text that looks like a date but is none, e.g. 31 February. Empty is let through. */
export function requireDate(date: string): void {
  if (date !== '' && !isServiceDate(date)) throw refuse('DATE_INVALID', `there is no day ${date}`, { date })
}

const UNIQUE_VIOLATION = '23505'

/** Runs an insert of a row whose id the caller chose. Other refusals of the database go through. */
export async function insertAs(id: string, insert: () => Promise<void>): Promise<void> {
  try {
    await insert()
  } catch (err) {
    if (sqlStateOf(err) === UNIQUE_VIOLATION) throw refuse('ID_TAKEN', 'something with this id exists', { id })
    throw err
  }
}
