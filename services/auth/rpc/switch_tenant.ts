import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type Handler, sessionOf } from '#kit'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { Ctx } from '../context.ts'
import { accessOf } from '../domain/access.ts'
import { refuse } from '../errors.ts'
import { accessToken, allowedTenant } from '../steps/sessions.ts'
import { grantsOf } from '../store/grants.ts'
import { setTenant } from '../store/sessions.ts'
import { findUser } from '../store/users.ts'

export const switchTenant =
  (ctx: Ctx): Handler<typeof AuthService.method.switchTenant> =>
  async (req, call) => {
    const { userId, sessionId } = sessionOf(call)
    const open = await ctx.db.transaction(async (tx) => {
      const user = await findUser(tx, userId)
      const grants = await grantsOf(tx, userId)
      const tenantId = req.tenantId === '' ? undefined : await allowedTenant(tx, grants, req.tenantId)
      const session = await setTenant(tx, sessionId ?? '', tenantId, ctx.clock.now())
      // A token of an API key names no session of ours: it acts for the company that it was made for.
      if (!user || session?.userId !== userId) throw refuse('SESSION_ENDED', 'this session is over; sign in again')
      return { user, session, access: accessOf(grants, tenantId) }
    })
    const { token, expireTime } = await accessToken(ctx, open)
    return {
      accessToken: token,
      accessExpireTime: timestampFromDate(expireTime),
      tenantId: open.session.tenantId ?? '',
    }
  }
