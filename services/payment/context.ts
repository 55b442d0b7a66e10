import type { Context } from '#kit'
import type { Settings } from './config.ts'

/** Payment calls no other service. */
type NoCalls = Readonly<Record<string, never>>

/** What every part of the payment service is given. */
export type Ctx = Context<NoCalls, Settings>

/** Makes one thing per running service, when it is first asked for: connections, token caches, providers. */
export function perContext<T>(make: (ctx: Ctx) => T): (ctx: Ctx) => T {
  const made = new WeakMap<Ctx, { readonly value: T }>()
  return (ctx) => {
    const known = made.get(ctx)
    if (known) return known.value
    const value = make(ctx)
    made.set(ctx, { value })
    return value
  }
}
