import { type Handler, sessionOf } from '#kit'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { registerAccount } from '../steps/accounts.ts'
import { checkCode, consumeCode } from '../steps/codes.ts'
import { openSession, tokensOf } from '../steps/sessions.ts'
import { deleteSignUp, findSignUp } from '../store/sign_ups.ts'

export const confirmSignUp =
  (ctx: Ctx): Handler<typeof AuthService.method.confirmSignUp> =>
  async (req, call) => {
    const { signUpId, deviceName } = req
    const begun = await findSignUp(ctx.db.system, signUpId, ctx.clock.now())
    if (!begun) throw refuse('SIGN_UP_UNKNOWN', 'this sign-up is not known or ran out; begin anew')
    const contact = { kind: begun.contactKind, value: begun.contact }
    const codeId = await checkCode(ctx, contact, 'SIGN_UP', req.code)
    const guestId = sessionOf(call).userId || undefined
    const open = await ctx.db.transaction(async (tx) => {
      await consumeCode(ctx, tx, codeId)
      await deleteSignUp(tx, signUpId)
      const user = await registerAccount(ctx, tx, { ...begun, contact }, guestId)
      return openSession(ctx, tx, user, { deviceName })
    })
    ctx.happened('auth.signed_up', { by: contact.kind })
    return { tokens: await tokensOf(ctx, open) }
  }
