import { type Handler, isCurrency, moneyToProto } from '#kit'
import type { TillService } from '#gen/tms/payment/v1/till_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { invalidTransfer } from '../../convert_ledger.ts'
import { agentAccount, cashlessSales } from '../../store/agent_accounts.ts'
import { instantOf } from '../instant.ts'

/** What an agent was due, has earned and was paid over some time. */
export const getAgentAccount =
  (ctx: Ctx): Handler<typeof TillService.method.getAgentAccount> =>
  async ({ tenantId, agentUserId, currencyCode, startTime, endTime }) => {
    if (!isCurrency(currencyCode)) {
      throw invalidTransfer([{ field: 'currency_code', description: 'is no currency that books are kept in' }])
    }
    const now = ctx.clock.now()
    const start = startTime ? instantOf(startTime, 'start_time') : now
    const end = endTime ? instantOf(endTime, 'end_time') : now
    // All rows: only services call this, for whatever company.
    const agent = { tenantId, agentUserId, currency: currencyCode }
    const account = await agentAccount(ctx.db.system, agent, { start, end })
    const cashless = await cashlessSales(ctx.db.system, agent, { start, end })
    return {
      broughtForward: moneyToProto(account.broughtForward),
      commission: moneyToProto(account.commission),
      paid: moneyToProto(account.paid),
      adjustments: moneyToProto(account.adjustments),
      takenBack: moneyToProto(account.takenBack),
      cashlessSales: moneyToProto(cashless.amount),
      cashlessSaleCount: cashless.count,
    }
  }
