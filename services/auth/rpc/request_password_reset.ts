import type { Handler } from '#kit'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { Ctx } from '../context.ts'
import { sendCode } from '../steps/codes.ts'
import { contactFrom } from '../steps/contact.ts'
import { findUserByContact } from '../store/users.ts'

export const requestPasswordReset =
  (ctx: Ctx): Handler<typeof AuthService.method.requestPasswordReset> =>
  async (req) => {
    const contact = contactFrom(req.contact)
    return ctx.db.transaction(async (tx) => {
      const user = await findUserByContact(tx, contact)
      return sendCode(ctx, tx, {
        codeId: req.codeId,
        contact,
        purpose: 'RESET_PASSWORD',
        language: user?.language ?? 'en',
        userId: user?.userId,
        deliver: user !== undefined,
      })
    })
  }
