import type { Handler } from '#kit'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { sendCode } from '../steps/codes.ts'
import { contactFrom } from '../steps/contact.ts'
import { refuseCommonPassword } from '../steps/passwords.ts'
import { toolsOf } from '../steps/tools.ts'
import { findSignUp, insertSignUp } from '../store/sign_ups.ts'

/** Long enough to find the phone, short enough that nobody finishes the sign-up of somebody else's evening. */
const SIGN_UP_SECONDS = 3_600

export const signUp =
  (ctx: Ctx): Handler<typeof AuthService.method.signUp> =>
  async (req) => {
    const contact = contactFrom(req.contact)
    refuseCommonPassword(req.password, [contact.value, req.displayName], 'password')
    const passwordHash = await toolsOf(ctx).passwords.hash(req.password)
    const createTime = ctx.clock.now()
    const { signUpId, displayName } = req
    const language = req.language || 'en'
    return ctx.db.transaction(async (tx) => {
      const expireTime = new Date(createTime.getTime() + SIGN_UP_SECONDS * 1000)
      const [contactKind, value] = [contact.kind, contact.value]
      const row = { signUpId, contactKind, contact: value, passwordHash, displayName, language, createTime, expireTime }
      const isNew = await insertSignUp(tx, row)
      if (!isNew && (await findSignUp(tx, signUpId, createTime))?.contact !== value) {
        throw refuse('ID_TAKEN', 'this sign_up_id is in use; choose another')
      }
      // Also to a contact that has an account: whoever reads the code may then be told so.
      return sendCode(ctx, tx, {
        codeId: signUpId,
        contact,
        purpose: 'SIGN_UP',
        language,
        userId: undefined,
        deliver: true,
      })
    })
  }
