import type { Handler } from '#kit'
import type { LedgerService } from '#gen/tms/payment/v1/ledger_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { feeRuleToProto } from '../../convert_ledger.ts'
import { refuse } from '../../errors.ts'
import { forgetFeeRules } from '../../flow/fee_rules.ts'
import { endFeeRule as end } from '../../store/fee_rules.ts'
import { instantOf } from '../instant.ts'

/** Ends a rule. */
export const endFeeRule =
  (ctx: Ctx): Handler<typeof LedgerService.method.endFeeRule> =>
  async ({ feeRuleId, endTime }) => {
    const now = ctx.clock.now()
    const asked = endTime ? instantOf(endTime, 'end_time') : now
    const row = await ctx.db.transaction(async (tx) => {
      tx.afterCommit(() => forgetFeeRules(ctx))
      return end(tx, feeRuleId, asked < now ? now : asked)
    })
    if (!row) throw refuse('FEE_RULE_UNKNOWN', 'there is no such rule', { fee_rule_id: feeRuleId })
    return { feeRule: feeRuleToProto(row) }
  }
