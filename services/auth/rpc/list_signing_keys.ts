import type { Handler } from '#kit'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { Ctx } from '../context.ts'
import { listedKeys } from '../steps/signing_keys.ts'
import { signingKeyToProto } from '../steps/signing_key_to_proto.ts'

export const listSigningKeys =
  (ctx: Ctx): Handler<typeof AuthService.method.listSigningKeys> =>
  async () => {
    const keys = await listedKeys(ctx)
    return { keys: keys.map(signingKeyToProto) }
  }
