import type { Client } from '@connectrpc/connect'
import { newUuidV7 } from '#kit'
import type { Suite } from '#kit/testing'
import { MemberInvitedSchema } from '#gen/tms/tenant/v1/events_pb.ts'
import { TenantService } from '#gen/tms/tenant/v1/tenant_service_pb.ts'

type TenantClient = Client<typeof TenantService>

export const uuid = () => newUuidV7(Date.now())

export const phone = (value: string) => ({ value: { case: 'phone' as const, value } })
export const email = (value: string) => ({ value: { case: 'email' as const, value } })

/** How companies of Rwanda count money and time. */
export const rwanda = { currency: 'RWF', timeZone: 'Africa/Kigali', languages: ['rw', 'en', 'fr'] }

/** A request for a company called by its slug; `change` says how it differs. */
export function company(slug: string, manager = '+250788000004') {
  return { tenantId: uuid(), slug, name: slug, country: 'RW', settings: rwanda, manager: phone(manager) }
}

const managers = [
  'tenant.members.read',
  'tenant.members.invite',
  'tenant.members.remove',
  'tenant.settings.read',
  'tenant.settings.update',
]

/** Platform staff, acting for nobody unless told. */
export function platform(suite: Suite, tenantId?: string): TenantClient {
  return suite.client(TenantService, { userId: uuid(), permissions: ['*'], ...(tenantId && { tenantId }) })
}

/** A manager of a company, as far as a token can tell. */
export function managerOf(suite: Suite, tenantId: string, userId = uuid()): TenantClient {
  return suite.client(TenantService, { userId, tenantId, roles: ['manager'], permissions: managers })
}

/** A user who works for nobody yet. */
export function visitor(suite: Suite, userId: string): TenantClient {
  return suite.client(TenantService, { userId, permissions: ['tenant.invitations.accept'] })
}

/** The token that was sent with an invitation. */
export async function tokenSent(suite: Suite, invitationId: string): Promise<string> {
  const events = await suite.published(MemberInvitedSchema)
  return events.find((event) => event.invitationId === invitationId)?.token ?? ''
}
