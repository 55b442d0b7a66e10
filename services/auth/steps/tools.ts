import type { Ctx } from '../context.ts'
import { type Keychain, keychainFrom } from '../crypto/keychain.ts'
import { type Passwords, passwordsWith } from '../crypto/passwords.ts'
import type { SigningKey } from '../crypto/signer.ts'

/** What is made of the settings once and used by many calls. */
export type Tools = {
  readonly keychain: Keychain
  readonly passwords: Passwords
  /** The opened key that signs now, and until when that need not be asked again. */
  signing: { readonly key: SigningKey; readonly askAgain: Date } | undefined
}

const made = new WeakMap<Ctx, Tools>()

/** The tools of a running service. */
export function toolsOf(ctx: Ctx): Tools {
  const known = made.get(ctx)
  if (known) return known
  const { settings } = ctx
  const tools = {
    keychain: keychainFrom(settings.key, settings.formerKey),
    passwords: passwordsWith(settings),
    signing: undefined,
  }
  made.set(ctx, tools)
  return tools
}
