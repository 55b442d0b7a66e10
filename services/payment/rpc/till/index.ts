import type { ServiceImpl } from '@connectrpc/connect'
import type { TillService } from '#gen/tms/payment/v1/till_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { getAgentAccount } from './get_agent_account.ts'
import { getCashPayment } from './get_cash_payment.ts'
import { listCollectedCash } from './list_collected_cash.ts'

/** Every RPC about tills, complete by its type. */
export const tillRpcs = (ctx: Ctx): ServiceImpl<typeof TillService> => ({
  listCollectedCash: listCollectedCash(ctx),
  getCashPayment: getCashPayment(ctx),
  getAgentAccount: getAgentAccount(ctx),
})
