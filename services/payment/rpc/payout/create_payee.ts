import { type Handler, isConstraint, refuseCall, type Session, sessionOf } from '#kit'
import { Payee_Kind as Kind } from '#gen/tms/payment/v1/payout_pb.ts'
import type { CreatePayeeRequest, PayoutService } from '#gen/tms/payment/v1/payout_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { payeeToProto } from '../../convert_payout.ts'
import { refuse } from '../../errors.ts'
import { insertPayee, insertPayeeAccount } from '../../store/payees.ts'
import type { PayeeKind, PayeeRow } from '../../store/payout_schema.ts'
import { tenantOf, verifyAccount } from './common.ts'
import { proposedAccount } from './proposed_account.ts'

/** Puts a payee forward with its first account. */
export const createPayee =
  (ctx: Ctx): Handler<typeof PayoutService.method.createPayee> =>
  async (req, call) => {
    const session = sessionOf(call)
    const payee = payeeOf(req, session, ctx.clock.now())
    const verified = await verifyAccount(ctx, req.method, req.account)
    const account = proposedAccount(ctx, payee, req.payeeId, verified, session)
    try {
      return await ctx.db.once(call, req, async (tx) => {
        await insertPayee(tx, payee)
        await insertPayeeAccount(tx, account)
        return { payee: payeeToProto({ payee, accounts: [account] }, session, ctx.clock.now()) }
      })
    } catch (err) {
      if (!isConstraint(err, 'payee_pkey') && !isConstraint(err, 'payee_account_pkey')) throw err
      throw refuse('ID_TAKEN', 'this payee_id is in use', { payee_id: req.payeeId })
    }
  }

const kinds: Readonly<Record<Kind, PayeeKind | undefined>> = {
  [Kind.UNSPECIFIED]: undefined,
  [Kind.COMPANY]: 'COMPANY',
  [Kind.AGENT]: 'AGENT',
  [Kind.DRIVER]: 'DRIVER',
}

function payeeOf(req: CreatePayeeRequest, session: Session, createTime: Date): PayeeRow {
  const tenantId = tenantOf(session)
  const kind = kinds[req.kind]
  const holderId = kind === 'COMPANY' ? tenantId : req.holderId
  if (kind === undefined || holderId === '' || (kind === 'COMPANY' && ![tenantId, ''].includes(req.holderId))) {
    const fields = [{ field: 'holder_id', description: 'is the user of an agent or driver, and empty for a company' }]
    throw refuseCall('REQUEST_INVALID', 'holder_id does not fit the kind of payee', {}, { fields })
  }
  return { payeeId: req.payeeId, tenantId, kind, holderId, displayName: req.displayName, createTime }
}
