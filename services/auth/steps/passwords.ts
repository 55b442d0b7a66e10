import { isTooCommon } from '../domain/password.ts'
import { refuse } from '../errors.ts'

/**
 * Refuses passwords that are tried first.
 *
 * @param personal what belongs to the account: phone number, e-mail address, name
 * @param field the request's field that holds it
 * @throws {ConnectError} INVALID_ARGUMENT / PASSWORD_TOO_COMMON
 */
export function refuseCommonPassword(password: string, personal: readonly (string | null)[], field: string): void {
  const known = personal.filter((text) => text !== null)
  if (!isTooCommon(password, known)) return
  const description = 'is one of the passwords that everybody tries first, or repeats your own name or contact'
  throw refuse('PASSWORD_TOO_COMMON', `this password ${description}`, {}, { fields: [{ field, description }] })
}
