import type { ServiceImpl } from '@connectrpc/connect'
import type { PayoutService } from '#gen/tms/payment/v1/payout_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { approvePayout } from './approve_payout.ts'
import { cancelPayout } from './cancel_payout.ts'
import { changePayeeAccount } from './change_payee_account.ts'
import { createPayee } from './create_payee.ts'
import { createPayout } from './create_payout.ts'
import { decidePayeeAccount } from './decide_payee_account.ts'
import { getPayee } from './get_payee.ts'
import { getPayout } from './get_payout.ts'
import { listPayees } from './list_payees.ts'
import { listPayouts } from './list_payouts.ts'
import { quotePayout } from './quote_payout.ts'
import { rejectPayout } from './reject_payout.ts'

/** Every method of PayoutService. */
export const payoutRpcs = (ctx: Ctx): ServiceImpl<typeof PayoutService> => ({
  createPayee: createPayee(ctx),
  changePayeeAccount: changePayeeAccount(ctx),
  decidePayeeAccount: decidePayeeAccount(ctx),
  getPayee: getPayee(ctx),
  listPayees: listPayees(ctx),
  quotePayout: quotePayout(ctx),
  createPayout: createPayout(ctx),
  approvePayout: approvePayout(ctx),
  rejectPayout: rejectPayout(ctx),
  cancelPayout: cancelPayout(ctx),
  getPayout: getPayout(ctx),
  listPayouts: listPayouts(ctx),
})
