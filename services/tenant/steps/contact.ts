import { parsePhone } from '#kit'
import type { Contact } from '#gen/tms/tenant/v1/invitation_pb.ts'
import { refuse } from '../errors.ts'

/** Where somebody is invited: one of the two. */
export type InvitedContact = { readonly phone: string | null; readonly email: string | null }

/**
 * Reads a contact from a request.
 *
 * @throws {ConnectError} INVALID_ARGUMENT / CONTACT_INVALID
 */
export function contactFrom(wire: Contact | undefined): InvitedContact {
  const value = wire?.value
  if (value?.case !== 'phone') return { phone: null, email: (value?.value ?? '').normalize('NFC').toLowerCase() }
  try {
    return { phone: parsePhone(value.value), email: null }
  } catch (err) {
    if (!(err instanceof RangeError)) throw err
    const fields = [{ field: 'contact.phone', description: err.message }]
    throw refuse('CONTACT_INVALID', 'nobody can be reached there', {}, { fields })
  }
}
