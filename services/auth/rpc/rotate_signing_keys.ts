import type { Handler } from '#kit'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { Ctx } from '../context.ts'
import { handoverAtOnce, handoverFrom } from '../domain/signing_schedule.ts'
import { refuse } from '../errors.ts'
import { signingKeyToProto } from '../steps/signing_key_to_proto.ts'
import { listedKeys, rotateKey, rotationPolicy } from '../steps/signing_keys.ts'
import { listKeys, lockKeys } from '../store/signing_keys.ts'

export const rotateSigningKeys =
  (ctx: Ctx): Handler<typeof AuthService.method.rotateSigningKeys> =>
  async (req) => {
    const now = ctx.clock.now()
    await ctx.db.transaction(async (tx) => {
      await lockKeys(tx)
      const key = (await listKeys(tx)).find(({ keyId }) => keyId === req.retireKeyId)
      if (!key) throw refuse('SIGNING_KEY_UNKNOWN', 'no such signing key')
      const stillCounts = !key.verifyUntilTime || key.verifyUntilTime > now
      if (req.compromised && stillCounts) await rotateKey(ctx, tx, key.keyId, handoverAtOnce(now))
      else if (!key.signUntilTime) await rotateKey(ctx, tx, key.keyId, handoverFrom(rotationPolicy(ctx), now))
    })
    ctx.happened('auth.signing_key_rotated', { compromised: String(req.compromised) })
    return { keys: (await listedKeys(ctx)).map(signingKeyToProto) }
  }
