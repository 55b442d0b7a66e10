import type { World } from '../world/world.ts'
import type { Deliveries } from '../world/deliveries.ts'
import type { CredentialKey } from './credential.ts'
import type { Tokens } from './tokens.ts'

/** Where a business wants to hear of payments that its customers begin themselves. */
export type C2bUrls = {
  readonly confirmationUrl: string
  readonly validationUrl: string
  readonly responseType: 'Completed' | 'Cancelled'
  readonly version: 'v1' | 'v2'
}

/** What Daraja's products share. */
export type Daraja = {
  readonly world: World
  readonly tokens: Tokens
  readonly credentialKey: CredentialKey
  readonly deliveries: Deliveries
  /** By short code. */
  readonly c2bUrls: Map<string, C2bUrls>
  /** ConversationID by the OriginatorConversationID that the merchant chose. */
  readonly originators: Map<string, string>
}
