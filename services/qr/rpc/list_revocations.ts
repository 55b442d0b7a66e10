import { nextPageToken, pageOf, sessionOf, type Handler } from '#kit'
import type { QrService } from '#gen/tms/qr/v1/qr_service_pb.ts'
import type { Ctx } from '../context.ts'
import { lastVersion, revocationsAfter } from '../store/revocations.ts'
import { revocationToProto } from './to_proto.ts'

export const listRevocations =
  (ctx: Ctx): Handler<typeof QrService.method.listRevocations> =>
  async (req, call) => {
    const { limit, after } = pageOf<string>(req, { default: 500, max: 1000 })
    const from = after === undefined ? req.afterVersion : BigInt(after)
    const { tenantId = '' } = sessionOf(call)
    return ctx.db.transaction(async (tx) => {
      // Read before the rows: a revocation that commits in between is then asked for again, never missed.
      const last = await lastVersion(tx, tenantId)
      const rows = await revocationsAfter(tx, from, limit, ctx.clock.now())
      const nextToken = nextPageToken(rows, limit, (row) => row.version.toString())
      const seen = rows.at(-1)?.version ?? from
      return {
        revocations: rows.map(revocationToProto),
        version: nextToken === '' && last > seen ? last : seen,
        nextPageToken: nextToken,
      }
    })
  }
