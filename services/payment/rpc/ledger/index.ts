import type { ServiceImpl } from '@connectrpc/connect'
import type { LedgerService } from '#gen/tms/payment/v1/ledger_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { createFeeRule } from './create_fee_rule.ts'
import { createPendingTransfer } from './create_pending_transfer.ts'
import { decideAdjustment } from './decide_adjustment.ts'
import { endFeeRule } from './end_fee_rule.ts'
import { exportAccountStatement } from './export_account_statement.ts'
import { getAccountBalance } from './get_account_balance.ts'
import { getAccountStatement } from './get_account_statement.ts'
import { getPlatformAccountBalance } from './get_platform_account_balance.ts'
import { getPlatformAccountStatement } from './get_platform_account_statement.ts'
import { listAccounts } from './list_accounts.ts'
import { listAdjustments } from './list_adjustments.ts'
import { listFeeRules } from './list_fee_rules.ts'
import { listPlatformAccounts } from './list_platform_accounts.ts'
import { postAdjustment } from './post_adjustment.ts'
import { postPendingTransfer } from './post_pending_transfer.ts'
import { postTransfer } from './post_transfer.ts'
import { reverseEntry } from './reverse_entry.ts'
import { setAccountLimits } from './set_account_limits.ts'
import { voidPendingTransfer } from './void_pending_transfer.ts'

/** Every RPC of the books, complete by its type. */
export const ledgerRpcs = (ctx: Ctx): ServiceImpl<typeof LedgerService> => ({
  listAccounts: listAccounts(ctx),
  getAccountBalance: getAccountBalance(ctx),
  getAccountStatement: getAccountStatement(ctx),
  exportAccountStatement: exportAccountStatement(ctx),
  listPlatformAccounts: listPlatformAccounts(ctx),
  getPlatformAccountBalance: getPlatformAccountBalance(ctx),
  getPlatformAccountStatement: getPlatformAccountStatement(ctx),
  setAccountLimits: setAccountLimits(ctx),
  postAdjustment: postAdjustment(ctx),
  reverseEntry: reverseEntry(ctx),
  decideAdjustment: decideAdjustment(ctx),
  listAdjustments: listAdjustments(ctx),
  createFeeRule: createFeeRule(ctx),
  endFeeRule: endFeeRule(ctx),
  listFeeRules: listFeeRules(ctx),
  postTransfer: postTransfer(ctx),
  createPendingTransfer: createPendingTransfer(ctx),
  postPendingTransfer: postPendingTransfer(ctx),
  voidPendingTransfer: voidPendingTransfer(ctx),
})
