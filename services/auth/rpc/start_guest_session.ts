import type { Handler } from '#kit'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { Ctx } from '../context.ts'
import { addUser } from '../steps/accounts.ts'
import { openSession, tokensOf } from '../steps/sessions.ts'

export const startGuestSession =
  (ctx: Ctx): Handler<typeof AuthService.method.startGuestSession> =>
  async (req) => {
    const open = await ctx.db.transaction(async (tx) => {
      const guest = await addUser(ctx, tx, { kind: 'GUEST', language: req.language || 'en' })
      return openSession(ctx, tx, guest, {})
    })
    ctx.happened('auth.guest_came')
    return { tokens: await tokensOf(ctx, open) }
  }
