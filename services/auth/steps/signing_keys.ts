import type { Tx } from '#kit'
import type { Ctx } from '../context.ts'
import { newSigningKey, openSigningKey, type SigningKey } from '../crypto/signer.ts'
import { type Handover, listedKeysAt, type RotationPolicy, signingKeyAt } from '../domain/signing_schedule.ts'
import {
  hasNewestKey,
  insertKey,
  listKeys,
  lockKeys,
  resealKey,
  retireKey,
  type StoredKey,
} from '../store/signing_keys.ts'
import { toolsOf } from './tools.ts'

/** Another replica may have rotated: the opened key is asked for again after this long. */
const ASK_AGAIN_MS = 30_000

/** The times of the rotation, from the settings. */
export function rotationPolicy({ settings }: Ctx): RotationPolicy {
  return {
    rotateAfterSeconds: settings.keyRotationDays * 86_400,
    announceSeconds: settings.keyAnnounceSeconds,
    tokenSeconds: settings.accessTokenSeconds,
  }
}

/** The key that signs at this moment. */
export async function currentSigningKey(ctx: Ctx): Promise<SigningKey> {
  const tools = toolsOf(ctx)
  const now = ctx.clock.now()
  if (tools.signing && tools.signing.askAgain > now) return tools.signing.key
  const stored = signingKeyAt(await listKeys(ctx.db.system), now)
  if (!stored?.sealedPrivate) throw new Error('no signing key: the service has not finished its start')
  const key = await openSigningKey(tools.keychain, { ...stored, sealedPrivate: Buffer.from(stored.sealedPrivate) })
  const soon = new Date(now.getTime() + ASK_AGAIN_MS)
  const until = stored.signUntilTime
  tools.signing = { key, askAgain: until && until < soon ? until : soon }
  return key
}

/** The keys that tokens can be verified with now. */
export async function listedKeys(ctx: Ctx): Promise<StoredKey[]> {
  return listedKeysAt(await listKeys(ctx.db.system), ctx.clock.now())
}

/** Makes the very first key, and seals anew what the former AUTH_KEY sealed. Replicas may start together. */
export async function prepareKeys(ctx: Ctx): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    await lockKeys(tx)
    if (!(await hasNewestKey(tx))) await addKey(ctx, tx, ctx.clock.now())
    await resealKeys(ctx, tx)
  }, 'system') // keys belong to no tenant
}

/** Puts a successor in the place of the newest key. */
export async function rotateKey(ctx: Ctx, tx: Tx, keyId: string, handover: Handover): Promise<void> {
  await retireKey(tx, keyId, handover)
  if (!(await hasNewestKey(tx))) await addKey(ctx, tx, handover.signFromTime)
  tx.afterCommit(() => (toolsOf(ctx).signing = undefined))
}

async function addKey(ctx: Ctx, tx: Tx, signFromTime: Date): Promise<void> {
  const key = await newSigningKey(toolsOf(ctx).keychain)
  await insertKey(tx, { ...key, createTime: ctx.clock.now(), signFromTime })
}

async function resealKeys(ctx: Ctx, tx: Tx): Promise<void> {
  const { keychain } = toolsOf(ctx)
  for (const { keyId, sealedPrivate } of await listKeys(tx)) {
    if (!sealedPrivate || keychain.isCurrent(sealedPrivate)) continue
    await resealKey(tx, keyId, keychain.seal(keychain.open(sealedPrivate, keyId), keyId))
  }
}
