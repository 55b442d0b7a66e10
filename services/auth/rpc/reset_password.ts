import type { Handler } from '#kit'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { verifyContact } from '../steps/accounts.ts'
import { checkCode, consumeCode } from '../steps/codes.ts'
import { contactFrom } from '../steps/contact.ts'
import { guardAttempt, liftLockOut } from '../steps/guard.ts'
import { refuseCommonPassword } from '../steps/passwords.ts'
import { endSessions } from '../steps/sessions.ts'
import { toolsOf } from '../steps/tools.ts'
import { findUserByContact } from '../store/users.ts'

export const resetPassword =
  (ctx: Ctx): Handler<typeof AuthService.method.resetPassword> =>
  async (req, call) => {
    const contact = contactFrom(req.contact)
    refuseCommonPassword(req.newPassword, [contact.value], 'new_password')
    const guard = await guardAttempt(ctx, call, undefined)
    const codeId = await checkCode(ctx, contact, 'RESET_PASSWORD', req.code)
    await guard.succeeded()
    const passwordHash = await toolsOf(ctx).passwords.hash(req.newPassword)
    const user = await ctx.db.transaction(async (tx) => {
      await consumeCode(ctx, tx, codeId)
      const owner = await findUserByContact(tx, contact)
      if (!owner) throw refuse('CODE_EXPIRED', 'this code is no longer good; ask for another')
      await endSessions(ctx, tx, { userId: owner.userId }, 'PASSWORD_CHANGED')
      return verifyContact(ctx, tx, owner, contact, { passwordHash })
    })
    for (const account of [user.phone, user.email, user.userId]) if (account !== null) await liftLockOut(ctx, account)
    ctx.happened('auth.password_changed', { by: 'code' })
    return {}
  }
