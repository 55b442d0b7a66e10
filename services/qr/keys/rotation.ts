import type { Tx } from '#kit'
import { KeyRotatedSchema } from '#gen/tms/qr/v1/events_pb.ts'
import { KeyAlgorithm } from '#gen/tms/qr/v1/key_pb.ts'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { addSigningKey, lockKeys, signingKeyOf, stopSigning } from '../store/keys.ts'
import type { Algorithm, SigningKeyRow } from '../store/schema.ts'
import { newMacKey, newSignatureKey } from './key_material.ts'
import { sealNameOf, type Seal } from './seal.ts'

/** The two kinds of keys: a ticket is signed with one of each. */
export const algorithms: readonly Algorithm[] = ['HMAC_SHA256', 'ED25519']

/** Makes a new signing key of each kind; those before it only verify from now on. */
export async function rotate(tx: Tx, seal: Seal, kinds: readonly Algorithm[], at: Date): Promise<void> {
  await lockKeys(tx)
  for (const algorithm of kinds) await replaceKey(tx, seal, algorithm, await signingKeyOf(tx, algorithm), at)
}

/** Makes new signing keys where there is none, or one made at or before an instant. Returns the kinds that got one. */
export async function rotateOldKeys(tx: Tx, seal: Seal, madeBefore: Date, at: Date): Promise<Algorithm[]> {
  await lockKeys(tx)
  const replaced: Algorithm[] = []
  for (const algorithm of algorithms) {
    const current = await signingKeyOf(tx, algorithm)
    if (current && current.createTime > madeBefore) continue
    await replaceKey(tx, seal, algorithm, current, at)
    replaced.push(algorithm)
  }
  return replaced
}

async function replaceKey(
  tx: Tx,
  seal: Seal,
  algorithm: Algorithm,
  current: SigningKeyRow | undefined,
  at: Date,
): Promise<void> {
  const { keyId, secret, publicKey } = algorithm === 'ED25519' ? newSignatureKey() : newMacKey()
  if (current) await stopSigning(tx, current.keyId, at)
  const sealedSecret = seal.close(sealNameOf({ algorithm, keyId }), secret)
  await addSigningKey(tx, { keyId, algorithm, sealedSecret, publicKey, createTime: at })
  await tx.publish(KeyRotatedSchema, algorithm, {
    algorithm: KeyAlgorithm[algorithm],
    keyId,
    publicKey: publicKey ?? undefined,
    previousKeyId: current?.keyId ?? '',
    rotateTime: timestampFromDate(at),
  })
}
