import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type Handler, isIdCursor, nextPageToken, pageOf, sessionOf } from '#kit'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { Ctx } from '../context.ts'
import type { SessionRow } from '../store/schema.ts'
import { listSessions as listLive } from '../store/sessions.ts'

export const listSessions =
  (ctx: Ctx): Handler<typeof AuthService.method.listSessions> =>
  async (req, call) => {
    const { userId, sessionId } = sessionOf(call)
    const page = pageOf(req, { default: 50, max: 200 }, isIdCursor)
    const rows = await listLive(ctx.db.system, userId, ctx.clock.now(), page)
    return {
      sessions: rows.map((row) => toProto(row, sessionId)),
      nextPageToken: nextPageToken(rows, page.limit, (row) => row.sessionId),
    }
  }

function toProto(row: SessionRow, current: string | undefined) {
  return {
    sessionId: row.sessionId,
    deviceName: row.deviceName,
    tenantId: row.tenantId ?? '',
    createTime: timestampFromDate(row.createTime),
    refreshTime: timestampFromDate(row.refreshTime),
    expireTime: timestampFromDate(row.expireTime),
    current: row.sessionId === current,
  }
}
