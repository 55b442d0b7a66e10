import { every } from '#kit'
import type { Ctx } from '../context.ts'
import { keyringOf, keysKeptSeconds } from '../keys/keyring.ts'
import { rotateOldKeys } from '../keys/rotation.ts'
import { retireSpentKeys } from '../store/keys.ts'

const hour = 3600
const dayMs = 86_400_000

/** Makes new signing keys when the present ones are old. */
export const rotateByAge = every({ seconds: hour }, 'rotate-keys', async (ctx: Ctx) => {
  const keyring = keyringOf(ctx)
  const now = ctx.clock.now()
  const madeBefore = new Date(now.getTime() - ctx.settings.rotateDays * dayMs)
  // Keys belong to no tenant.
  const replaced = await ctx.db.transaction((tx) => rotateOldKeys(tx, keyring.seal, madeBefore, now), 'system')
  keyring.forget()
  for (const algorithm of replaced) ctx.happened('signing-key-rotated', { algorithm })
})

/** Retires keys whose last ticket has expired: their secrets are wiped, nobody can sign with them again. */
export const retireSpent = every({ seconds: hour }, 'retire-keys', async (ctx: Ctx) => {
  const now = ctx.clock.now()
  // Another replica may have signed with the old key until its own memory of the keys ran out.
  const rotatedBefore = new Date(now.getTime() - 10 * keysKeptSeconds * 1000)
  // Tickets of every company count.
  const retired = await ctx.db.transaction((tx) => retireSpentKeys(tx, rotatedBefore, now), 'system')
  if (retired.length > 0) keyringOf(ctx).forget()
  for (const keyId of retired) ctx.happened('signing-key-retired', { keyId })
})
