import { randomBytes } from 'node:crypto'
import { type Ctx, perContext } from '../context.ts'
import { airtel } from './airtel/index.ts'
import { mpesa } from './mpesa/index.ts'
import { mtn } from './mtn/index.ts'
import { paypal } from './paypal/index.ts'
import type { CallbackUrls, PaymentProvider } from './provider.ts'

/** The name under which cash is booked: no provider holds it, the company's staff does. */
export const CASH = 'cash'

/** Every outside provider by its name; a further one is a further line. */
const providersOf = perContext((ctx): ReadonlyMap<string, PaymentProvider> => {
  const all = [mpesa(ctx, ctx.settings), mtn(ctx, ctx.settings), airtel(ctx, ctx.settings), paypal(ctx, ctx.settings)]
  return new Map(all.map((provider) => [provider.name, provider]))
})

/** The provider of a name; undefined when there is none. */
export function findProvider(ctx: Ctx, name: string): PaymentProvider | undefined {
  return providersOf(ctx).get(name)
}

/** The names of all outside providers. */
export function providerNames(ctx: Ctx): string[] {
  return [...providersOf(ctx).keys()]
}

/** The provider that a callback path names; undefined when there is none. */
export function findProviderByPath(ctx: Ctx, pathName: string): PaymentProvider | undefined {
  return [...providersOf(ctx).values()].find((provider) => pathNameOf(provider) === pathName)
}

function pathNameOf({ name, pathName = name }: PaymentProvider): string {
  return pathName
}

/** The provider that one of our own rows names. @throws {Error} when it was taken out since */
export function providerOf(ctx: Ctx, { provider }: { readonly provider: string }): PaymentProvider {
  const found = findProvider(ctx, provider)
  if (!found) throw new Error(`no payment provider "${provider}" is configured`)
  return found
}

const TIMEOUT_SUFFIX = '.timeout'

/** A secret that nobody can guess: 192 random bits. */
export function newCallbackToken(): string {
  return randomBytes(24).toString('base64url')
}

/** Where a provider answers about one attempt or refund: its secret path, and a second one for "I gave up waiting". */
export function callbackUrls(
  ctx: Ctx,
  of: { readonly provider: string; readonly callbackToken: string },
): CallbackUrls {
  const result = `${ctx.settings.callbackBaseUrl}/inbound/${pathNameOf(providerOf(ctx, of))}/${of.callbackToken}`
  return { result, timeout: `${result}${TIMEOUT_SUFFIX}` }
}

/** Where a provider asks before payments that payers begin by themselves, and reports them. */
export function paybillUrls(ctx: Ctx, provider: PaymentProvider): { validation: string; confirmation: string } {
  const base = `${ctx.settings.callbackBaseUrl}/inbound/${pathNameOf(provider)}/${provider.paybill?.token ?? ''}`
  return { validation: `${base}.validate`, confirmation: `${base}.confirm` }
}

/** What a callback's path says: whose it is, and whether the provider gave up waiting for itself. */
export function readPathToken(pathToken: string): { readonly token: string; readonly gaveUp: boolean } {
  const gaveUp = pathToken.endsWith(TIMEOUT_SUFFIX)
  return { token: gaveUp ? pathToken.slice(0, -TIMEOUT_SUFFIX.length) : pathToken, gaveUp }
}
