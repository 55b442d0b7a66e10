import { type Handler, isConstraint, type Money, sqlStateOf } from '#kit'
import type { Money as WireMoney } from '#gen/google/type/money_pb.ts'
import type { LedgerService } from '#gen/tms/payment/v1/ledger_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { accountFromProto, amountFromProto, invalidTransfer, ledgerAccountToProto } from '../../convert_ledger.ts'
import { refuse } from '../../errors.ts'
import { setLimits } from '../../store/accounts.ts'

/** Bounds a balance. */
export const setAccountLimits =
  (ctx: Ctx): Handler<typeof LedgerService.method.setAccountLimits> =>
  async (req, call) => {
    const account = accountFromProto(req.account)
    const least = boundOf(req.minBalance, account.currency, 'min_balance')
    const most = boundOf(req.maxBalance, account.currency, 'max_balance')
    try {
      return await ctx.db.once(call, req, async (tx) => ({
        account: ledgerAccountToProto(await setLimits(tx, account, least, most)),
      }))
    } catch (err) {
      // A constraint of the row: the kind has no such limit, or the least is more than the most.
      if (isConstraint(err, 'ledger_account_limitable')) {
        throw refuse('LIMIT_UNSUITABLE', `${account.kind} has no such limit`, { kind: account.kind })
      }
      if (sqlStateOf(err) === CHECK_VIOLATION) {
        throw invalidTransfer([{ field: 'min_balance', description: 'must not be more than max_balance' }])
      }
      throw err
    }
  }

const CHECK_VIOLATION = '23514'

function boundOf(wire: WireMoney | undefined, currency: string, field: string): Money | undefined {
  if (!wire) return undefined
  const bound = amountFromProto(wire, field)
  if (bound.currency !== currency) throw invalidTransfer([{ field, description: 'has another currency' }])
  return bound
}
