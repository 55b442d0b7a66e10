import type { ServiceImpl } from '@connectrpc/connect'
import type { ReconciliationService } from '#gen/tms/payment/v1/reconciliation_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { assignBreak } from './assign_break.ts'
import { decideResolution } from './decide_resolution.ts'
import { getBreak } from './get_break.ts'
import { getReconciliation } from './get_reconciliation.ts'
import { listBreaks } from './list_breaks.ts'
import { listReconciliations } from './list_reconciliations.ts'
import { resolveBreak } from './resolve_break.ts'
import { runReconciliation } from './run_reconciliation.ts'
import { startReconciliation } from './start_reconciliation.ts'
import { uploadSettlementPart } from './upload_settlement_part.ts'

/** Every method of ReconciliationService. */
export const reconciliationRpcs = (ctx: Ctx): ServiceImpl<typeof ReconciliationService> => ({
  startReconciliation: startReconciliation(ctx),
  uploadSettlementPart: uploadSettlementPart(ctx),
  runReconciliation: runReconciliation(ctx),
  getReconciliation: getReconciliation(ctx),
  listReconciliations: listReconciliations(ctx),
  listBreaks: listBreaks(ctx),
  getBreak: getBreak(ctx),
  assignBreak: assignBreak(ctx),
  resolveBreak: resolveBreak(ctx),
  decideResolution: decideResolution(ctx),
})
