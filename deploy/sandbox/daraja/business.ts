import type { Business } from '../world/settings.ts'
import type { World } from '../world/world.ts'
import { DarajaError } from './errors.ts'
import { type Body, matching, present, shortCodeIn } from './fields.ts'

/**
 * The business that a push or a query is for, proved by `Password` = base64(short code + passkey + timestamp).
 *
 * @throws {DarajaError} 400.002.02 with the field's name, 500.001.1001 for an unknown business or a wrong password.
 */
export function authenticatedBusiness(world: World, body: Body): Business {
  const shortCode = shortCodeIn(body, 'BusinessShortCode')
  const password = present(body, 'Password')
  const timestamp = matching(body, 'Timestamp', TIMESTAMP)
  const business = businessOf(world, shortCode)
  if (!business) throw new DarajaError('500.001.1001', 'Merchant does not exist')
  const expected = Buffer.from(shortCode + business.passkey + timestamp).toString('base64')
  if (password !== expected) throw new DarajaError('500.001.1001', 'Wrong credentials')
  return business
}

/** `YYYYMMDDHHmmss`, a possible date and time of day. */
const TIMESTAMP = /^20\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])[0-5]\d[0-5]\d$/

export function businessOf(world: World, shortCode: string): Business | undefined {
  return world.settings.businesses.find((business) => business.shortCode === shortCode)
}
