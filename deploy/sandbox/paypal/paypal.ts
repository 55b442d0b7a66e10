import type { Incoming } from '../net/router.ts'
import type { Deliveries } from '../world/deliveries.ts'
import type { World } from '../world/world.ts'
import type { Orders } from './store.ts'
import type { SigningKey } from './signing_key.ts'
import type { Tokens } from './tokens.ts'

export const PAYPAL_ROOT = '/paypal'

/** What the account holder typed into PayPal's dashboard: where webhooks go, and the id that they were given. */
export type Webhook = { url: string; readonly id: string }

/** What PayPal's endpoints share. */
export type PayPal = {
  readonly world: World
  readonly deliveries: Deliveries
  readonly tokens: Tokens
  readonly orders: Orders
  readonly signingKey: SigningKey
  readonly webhook: Webhook
  /** The address at which the sandbox was last reached: its own links begin with it. */
  readonly address: { baseUrl: string }
}

/** Where a request found us. */
export const baseUrlOf = ({ headers }: Incoming): string => `http://${headers.host ?? '127.0.0.1'}${PAYPAL_ROOT}`
