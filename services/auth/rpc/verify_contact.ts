import { type Handler, sessionOf } from '#kit'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { profileOf, verifyContact as takeContact } from '../steps/accounts.ts'
import { checkCode, consumeCode } from '../steps/codes.ts'
import { contactFrom } from '../steps/contact.ts'
import { lockUser, releaseUnverified } from '../store/users.ts'

export const verifyContact =
  (ctx: Ctx): Handler<typeof AuthService.method.verifyContact> =>
  async (req, call) => {
    const contact = contactFrom(req.contact)
    const { userId } = sessionOf(call)
    const codeId = await checkCode(ctx, contact, 'VERIFY_CONTACT', req.code)
    const user = await ctx.db.transaction(async (tx) => {
      await consumeCode(ctx, tx, codeId)
      const own = await lockUser(tx, userId)
      if (!own) throw refuse('USER_UNKNOWN', 'no such account')
      // An account that waits for its owner under this contact waits in vain: here the owner is.
      await releaseUnverified(tx, contact, ctx.clock.now())
      return takeContact(ctx, tx, own, contact)
    })
    ctx.happened('auth.contact_verified', { kind: contact.kind })
    return { profile: profileOf(user) }
  }
