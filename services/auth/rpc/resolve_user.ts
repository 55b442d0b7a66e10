import type { Handler } from '#kit'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { Ctx } from '../context.ts'
import { waitingAccount } from '../steps/accounts.ts'
import { contactFrom } from '../steps/contact.ts'

export const resolveUser =
  (ctx: Ctx): Handler<typeof AuthService.method.resolveUser> =>
  async (req) => {
    const contact = contactFrom(req.contact)
    const user = await ctx.db.transaction((tx) => waitingAccount(ctx, tx, contact, req.language || 'en'))
    return { userId: user.userId }
  }
