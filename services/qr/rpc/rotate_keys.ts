import type { Handler, Tx } from '#kit'
import { KeyAlgorithm } from '#gen/tms/qr/v1/key_pb.ts'
import type { QrService } from '#gen/tms/qr/v1/qr_service_pb.ts'
import type { Ctx } from '../context.ts'
import { keyringOf } from '../keys/keyring.ts'
import { algorithms, rotate } from '../keys/rotation.ts'
import { signingKeyOf } from '../store/keys.ts'
import type { Algorithm } from '../store/schema.ts'
import { verificationKeyToProto } from './to_proto.ts'

export const rotateKeys =
  (ctx: Ctx): Handler<typeof QrService.method.rotateKeys> =>
  async (req, call) => {
    const keyring = keyringOf(ctx)
    const kinds = kindsOf(req.algorithm)
    return ctx.db.once(call, req, async (tx) => {
      // The other kind must exist as well, so that both can be named in the answer.
      await rotate(tx, keyring.seal, await withMissing(tx, kinds), ctx.clock.now())
      tx.afterCommit(keyring.forget)
      const mac = await signingKeyOf(tx, 'HMAC_SHA256')
      const signature = await signingKeyOf(tx, 'ED25519')
      return { macKeyId: mac?.keyId ?? '', verificationKey: signature && verificationKeyToProto(signature) }
    })
  }

function kindsOf(algorithm: KeyAlgorithm): readonly Algorithm[] {
  if (algorithm === KeyAlgorithm.HMAC_SHA256) return ['HMAC_SHA256']
  if (algorithm === KeyAlgorithm.ED25519) return ['ED25519']
  return algorithms
}

async function withMissing(tx: Tx, kinds: readonly Algorithm[]): Promise<Algorithm[]> {
  const missing = await Promise.all(algorithms.map(async (kind) => ((await signingKeyOf(tx, kind)) ? [] : [kind])))
  return [...new Set([...kinds, ...missing.flat()])]
}
