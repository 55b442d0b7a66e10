import type { Handler } from '#kit'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { contactFrom } from '../steps/contact.ts'
import { guardAttempt } from '../steps/guard.ts'
import { openSession, tokensOf } from '../steps/sessions.ts'
import { toolsOf } from '../steps/tools.ts'
import { findUserByContact, updateUser } from '../store/users.ts'

export const logIn =
  (ctx: Ctx): Handler<typeof AuthService.method.logIn> =>
  async (req, call) => {
    const contact = contactFrom(req.contact)
    const { passwords } = toolsOf(ctx)
    const guard = await guardAttempt(ctx, call, contact.value)
    const user = await findUserByContact(ctx.db.system, contact)
    // Without an account a hash is checked all the same: the time that it takes tells nothing.
    const matched = await passwords.matches(user?.passwordHash ?? undefined, req.password)
    if (!user?.passwordHash || !matched) {
      ctx.happened('auth.log_in_refused')
      throw refuse('CREDENTIALS_WRONG', 'no account with this contact and password')
    }
    await guard.succeeded()
    const outdated = passwords.isOutdated(user.passwordHash)
    const passwordHash = outdated ? await passwords.hash(req.password) : undefined
    const open = await ctx.db.transaction(async (tx) => {
      if (passwordHash !== undefined) await updateUser(tx, user.userId, { passwordHash })
      return openSession(ctx, tx, user, req)
    })
    ctx.happened('auth.logged_in', { by: 'password' })
    return { tokens: await tokensOf(ctx, open) }
  }
