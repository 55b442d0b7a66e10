import type { Handler } from '#kit'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { isVerified, verifyContact } from '../steps/accounts.ts'
import { checkCode, consumeCode } from '../steps/codes.ts'
import { contactFrom } from '../steps/contact.ts'
import { guardAttempt } from '../steps/guard.ts'
import { openSession, tokensOf } from '../steps/sessions.ts'
import { findUserByContact } from '../store/users.ts'

export const logInWithCode =
  (ctx: Ctx): Handler<typeof AuthService.method.logInWithCode> =>
  async (req, call) => {
    const contact = contactFrom(req.contact)
    // Guesses at the account are limited by the code itself; those of one address at many accounts are counted here.
    const guard = await guardAttempt(ctx, call, undefined)
    const codeId = await checkCode(ctx, contact, 'LOG_IN', req.code)
    await guard.succeeded()
    const open = await ctx.db.transaction(async (tx) => {
      await consumeCode(ctx, tx, codeId)
      const user = await findUserByContact(tx, contact)
      // A code was made, though not sent, for a contact without an account: a lucky guess finds nothing behind it.
      if (!user) throw refuse('CODE_EXPIRED', 'this code is no longer good; ask for another')
      const known = isVerified(user, contact) ? user : await verifyContact(ctx, tx, user, contact)
      return openSession(ctx, tx, known, req)
    })
    ctx.happened('auth.logged_in', { by: 'code' })
    return { tokens: await tokensOf(ctx, open) }
  }
