import { type Handler, type Queries, refuseCall, type Session, sessionOf } from '#kit'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import { CodePurpose } from '#gen/tms/auth/v1/code_pb.ts'
import type { Ctx } from '../context.ts'
import type { Contact } from '../domain/contact.ts'
import { sendCode } from '../steps/codes.ts'
import { contactFrom } from '../steps/contact.ts'
import type { Purpose, UserRow } from '../store/schema.ts'
import { isSigningUp } from '../store/sign_ups.ts'
import { findUserByContact } from '../store/users.ts'

export const requestCode =
  (ctx: Ctx): Handler<typeof AuthService.method.requestCode> =>
  async (req, call) => {
    const contact = contactFrom(req.contact)
    const purpose = purposeOf(req.purpose)
    const session = sessionOf(call)
    if (purpose === 'VERIFY_CONTACT' && session.kind !== 'user') throw refuseCall('TOKEN_MISSING', 'sign in first')
    return ctx.db.transaction(async (tx) => {
      const holder = await findUserByContact(tx, contact)
      return sendCode(ctx, tx, {
        codeId: req.codeId,
        contact,
        purpose,
        language: req.language || holder?.language || session.language,
        userId: purpose === 'VERIFY_CONTACT' ? session.userId : holder?.userId,
        deliver: await isWanted(ctx, tx, purpose, contact, session, holder),
      })
    })
  }

/** Whether a code would help anybody: strangers' numbers are not written to just because somebody typed them. */
async function isWanted(
  ctx: Ctx,
  db: Queries,
  purpose: Purpose,
  contact: Contact,
  session: Session,
  holder: UserRow | undefined,
): Promise<boolean> {
  if (purpose === 'SIGN_UP') return isSigningUp(db, contact.value, ctx.clock.now())
  if (purpose === 'VERIFY_CONTACT') return session.kind === 'user'
  return holder !== undefined
}

function purposeOf(wire: CodePurpose): Purpose {
  switch (wire) {
    case CodePurpose.SIGN_UP:
      return 'SIGN_UP'
    case CodePurpose.VERIFY_CONTACT:
      return 'VERIFY_CONTACT'
    default:
      return 'LOG_IN'
  }
}
