import type { Session } from '#kit'
import type { Ctx } from '../../context.ts'
import type { PayeeAccountRow, PayeeRow } from '../../store/payout_schema.ts'
import type { Verified } from './common.ts'

/** An account as the first person puts it forward. */
export function proposedAccount(
  ctx: Ctx,
  payee: PayeeRow,
  accountId: string,
  verified: Verified,
  session: Session,
): PayeeAccountRow {
  return {
    accountId,
    payeeId: payee.payeeId,
    tenantId: payee.tenantId,
    ...verified,
    state: 'PROPOSED',
    makerUserId: session.userId,
    checkerUserId: null,
    usableTime: null,
    createTime: ctx.clock.now(),
  }
}
