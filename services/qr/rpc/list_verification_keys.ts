import { nextPageToken, pageOf, type Handler } from '#kit'
import type { QrService } from '#gen/tms/qr/v1/qr_service_pb.ts'
import type { Ctx } from '../context.ts'
import { publicKeysPage } from '../store/keys.ts'
import { verificationKeyToProto } from './to_proto.ts'

type Cursor = { readonly createTime: string; readonly keyId: string }

export const listVerificationKeys =
  (ctx: Ctx): Handler<typeof QrService.method.listVerificationKeys> =>
  async (req) => {
    const { limit, after } = pageOf<Cursor>(req, { default: 50, max: 200 })
    const rows = await publicKeysPage(ctx.db.system, limit, after) // public halves are for everybody
    const nextToken = nextPageToken(rows, limit, (row): Cursor => ({
      createTime: row.createTime.toISOString(),
      keyId: row.keyId,
    }))
    return { keys: rows.map(verificationKeyToProto), nextPageToken: nextToken }
  }
