import { UserError } from '#kit'
import { DEVELOPMENT_KEY, type Settings } from '../config.ts'
import type { Ctx } from '../context.ts'
import { holdKeys, keys } from '../crypto/keys.ts'
import { type Keyring, keyringFrom } from '../crypto/seal.ts'
import { nameKey, resealAll } from '../store/column_key.ts'

/** The keys of the settings. @throws {RangeError} when PAYMENT_KEY is too short */
export function keyringOf({ key, formerKeys }: Pick<Settings, 'key' | 'formerKeys'>): Keyring {
  return keyringFrom(
    key,
    formerKeys.split(',').filter((former) => former !== ''),
  )
}

/** Gives this process the keys of its settings, before anything is read or written. */
export function takeKeys({ settings }: Pick<Ctx, 'settings'>): void {
  holdKeys(keyringOf(settings))
}

/**
 * Seals what an older version has left as it was, once; after that the database says under which key its columns are.
 *
 * @throws {UserError} when that is another key, or the development key in production
 */
export async function claimColumns(ctx: Ctx): Promise<void> {
  const { environment, key } = ctx.settings
  if (environment === 'production' && key === DEVELOPMENT_KEY) {
    throw new UserError('Set PAYMENT_KEY or PAYMENT_KEY_FILE: the development key must not seal columns in production.')
  }
  const ring = keys()
  // All rows: the columns of all companies are under one key.
  const named = await ctx.db.transaction(async (tx) => {
    const found = await nameKey(tx, ring.keyId)
    if (found.isFirst) await resealAll(tx, ring)
    return found
  }, 'system')
  if (named.keyId === ring.keyId) return
  throw new UserError(
    `The columns of payment are sealed under the key ${named.keyId}, PAYMENT_KEY is ${ring.keyId}: ` +
      'set the right one, or seal them anew with `npm run rekey`.',
  )
}
