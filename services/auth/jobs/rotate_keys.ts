import { every } from '#kit'
import type { Ctx } from '../context.ts'
import { handoverFrom, keyToRotate } from '../domain/signing_schedule.ts'
import { rotateKey, rotationPolicy } from '../steps/signing_keys.ts'
import { eraseRetired, listKeys, lockKeys } from '../store/signing_keys.ts'

/** Gives an old signing key its successor, and erases private keys that sign no more. */
export const rotateKeys = every({ seconds: 3_600 }, 'rotate-keys', async (ctx: Ctx) => {
  const now = ctx.clock.now()
  const policy = rotationPolicy(ctx)
  await ctx.db.transaction(async (tx) => {
    await lockKeys(tx)
    const old = keyToRotate(await listKeys(tx), policy, now)
    if (old) await rotateKey(ctx, tx, old.keyId, handoverFrom(policy, now))
    await eraseRetired(tx, now)
    if (old) ctx.happened('auth.signing_key_rotated', { compromised: 'false' })
  }, 'system') // keys belong to no tenant
})
