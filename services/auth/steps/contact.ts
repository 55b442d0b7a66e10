import type { Contact as WireContact } from '#gen/tms/auth/v1/code_pb.ts'
import { type Contact, emailContact, phoneContact } from '../domain/contact.ts'
import { refuse } from '../errors.ts'

/**
 * Reads a contact from a request.
 *
 * @throws {ConnectError} INVALID_ARGUMENT / CONTACT_INVALID
 */
export function contactFrom(wire: WireContact | undefined): Contact {
  const value = wire?.value
  try {
    if (value?.case === 'phone') return phoneContact(value.value)
    return emailContact(value?.case === 'email' ? value.value : '')
  } catch (err) {
    if (!(err instanceof RangeError)) throw err
    const fields = [{ field: `contact.${value?.case ?? 'value'}`, description: err.message }]
    throw refuse('CONTACT_INVALID', 'nobody can be reached there', {}, { fields })
  }
}
