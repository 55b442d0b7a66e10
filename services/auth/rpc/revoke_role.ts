import type { Handler } from '#kit'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { grantableRole } from '../steps/roles.ts'
import { endSessions } from '../steps/sessions.ts'
import { deletePlatformRole, lockHolders } from '../store/grants.ts'

export const revokeRole =
  (ctx: Ctx): Handler<typeof AuthService.method.revokeRole> =>
  async (req) => {
    const { userId, role } = req
    await ctx.db.transaction(async (tx) => {
      await grantableRole(tx, role, false)
      const holders = role === 'admin' ? await lockHolders(tx, role) : []
      if (holders.length === 1 && holders[0] === userId)
        throw refuse('LAST_ADMIN', 'the platform needs an administrator')
      const had = await deletePlatformRole(tx, userId, role)
      if (had) await endSessions(ctx, tx, { userId }, 'ROLE_REVOKED')
    })
    ctx.happened('auth.role_revoked', { role })
    return {}
  }
