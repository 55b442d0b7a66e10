import type { Ctx } from '../context.ts'
import { usableKeys, type UsableKeyRow } from '../store/keys.ts'
import { openMacKey, openSignatureKey } from './key_material.ts'
import { rotateOldKeys } from './rotation.ts'
import { sealNameOf, sealUnder, type Seal } from './seal.ts'
import type { MacKey, SigningKeys } from './signing.ts'

/** A rotation by another replica is noticed within this time; until then the key before it signs, and verifies as ever. */
export const keysKeptSeconds = 60

/** A code with a made-up key id may make us look into the database only so often. */
const strangeKeySeconds = 5

/** The keys, opened and kept in memory. Every key that is not retired verifies. */
export type Keyring = {
  readonly seal: Seal
  /** The keys that sign new tickets; made when there are none yet. */
  readonly signingKeys: () => Promise<SigningKeys>
  /** The HMAC key of an id; undefined when it is not ours, or retired. */
  readonly macKey: (keyId: string) => Promise<MacKey | undefined>
  /** Reads the keys again at the next use. */
  readonly forget: () => void
}

type OpenKeys = {
  readonly signing: SigningKeys | undefined
  readonly mac: ReadonlyMap<string, MacKey>
  readonly readTime: number
}

const keyrings = new WeakMap<Ctx['db'], Keyring>()

/** The keyring of a running service; the same for its RPCs and jobs. */
export function keyringOf(ctx: Ctx): Keyring {
  const known = keyrings.get(ctx.db)
  if (known) return known
  const made = makeKeyring(ctx)
  keyrings.set(ctx.db, made)
  return made
}

function makeKeyring(ctx: Ctx): Keyring {
  const seal = sealUnder(ctx.settings.masterSecret)
  let reading: Promise<OpenKeys> | undefined
  const read = () => (reading = openKeys(ctx, seal))
  const keys = async (atMostSeconds: number) => {
    const open = await (reading ?? read())
    return ctx.clock.now().getTime() - open.readTime < atMostSeconds * 1000 ? open : read()
  }
  return {
    seal,
    forget: () => (reading = undefined),
    macKey: async (keyId) =>
      (await keys(keysKeptSeconds)).mac.get(keyId) ?? (await keys(strangeKeySeconds)).mac.get(keyId),
    signingKeys: async () => {
      const { signing } = await keys(keysKeptSeconds)
      if (signing) return signing
      await ctx.db.transaction((tx) => rotateOldKeys(tx, seal, new Date(0), ctx.clock.now()), 'system') // no tenant's rows
      const { signing: made } = await read()
      if (!made) throw new Error('no signing keys, although they were just made')
      return made
    },
  }
}

async function openKeys(ctx: Ctx, seal: Seal): Promise<OpenKeys> {
  const readTime = ctx.clock.now().getTime()
  const rows = await usableKeys(ctx.db.system) // keys belong to no tenant
  const secretOf = (row: UsableKeyRow) => seal.open(sealNameOf(row), row.sealedSecret)
  const macRows = rows.filter((row) => row.algorithm === 'HMAC_SHA256')
  const mac = new Map(macRows.map((row) => [row.keyId, openMacKey(row.keyId, secretOf(row))]))
  const macRow = macRows.find((row) => row.state === 'SIGNING')
  const macKey = macRow && mac.get(macRow.keyId)
  const signatureRow = rows.find((row) => row.algorithm === 'ED25519' && row.state === 'SIGNING')
  const signing = macKey &&
    signatureRow && { mac: macKey, signature: openSignatureKey(signatureRow.keyId, secretOf(signatureRow)) }
  return { signing, mac, readTime }
}
