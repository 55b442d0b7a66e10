import { timestampDate } from '@bufbuild/protobuf/wkt'
import { type Handler, isCurrency, sessionOf } from '#kit'
import { SettlementAccount, SettlementLayout } from '#gen/tms/payment/v1/reconciliation_pb.ts'
import type {
  ReconciliationService,
  SettlementFile,
  StartReconciliationRequest,
} from '#gen/tms/payment/v1/reconciliation_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { nameOf, reconciliationToProto } from '../../convert_reconciliation.ts'
import { refuse } from '../../errors.ts'
import { inBackground } from '../../flow/background.ts'
import { reconcileWaiting } from '../../flow/reconcile.ts'
import { findProvider } from '../../providers/index.ts'
import type { ReconciliationRow } from '../../store/reconciliation_schema.ts'
import { findReconciliation, insertReconciliation } from '../../store/reconciliations.ts'
import { layouts } from '../../settlement/index.ts'

const LONGEST_MS = 31 * 86_400_000

/** Begins a reconciliation: one with a file awaits its parts, one without starts to ask. */
export const startReconciliation =
  (ctx: Ctx): Handler<typeof ReconciliationService.method.startReconciliation> =>
  async (req, call) => {
    if (!findProvider(ctx, req.provider)) {
      throw refuse('PROVIDER_UNKNOWN', 'there is no such provider', { provider: req.provider })
    }
    const row = { ...begunBy(sessionOf(call).userId, ctx), ...periodOf(req), ...sourceOf(req, ctx) }
    const { reconciliationId } = req
    return ctx.db.once(call, req, async (tx) => {
      const { provider } = req
      const fresh = await insertReconciliation(tx, { reconciliationId, provider, ...row })
      if (!fresh) throw refuse('ID_TAKEN', 'this reconciliation_id is in use', { reconciliation_id: reconciliationId })
      tx.afterCommit(() => inBackground(ctx, 'reconcile', () => reconcileWaiting(ctx)))
      return { reconciliation: reconciliationToProto(await existing(findReconciliation(tx, reconciliationId))) }
    })
  }

function begunBy(startUserId: string, ctx: Ctx) {
  return { startUserId, createTime: ctx.clock.now() }
}

function sourceOf({ file, provider }: StartReconciliationRequest, ctx: Ctx) {
  if (file) return { source: 'FILE', state: 'UPLOADING', ...fileOf(file, provider) } as const
  const rest = { account: 'ALL', currency: '', fileName: '', leaseTime: ctx.clock.now() } as const
  return { source: 'STATUS_API', state: 'RUNNING', ...rest } as const
}

function fileOf(file: SettlementFile, provider: string) {
  const layout = nameOf(SettlementLayout, file.layout)
  if (!layout || layouts[layout].provider !== provider) {
    throw unsuitable('file.layout', `is not how ${provider} writes its files`)
  }
  if (!isCurrency(file.currencyCode)) throw unsuitable('file.currency_code', 'is not a currency that books are kept in')
  const account = nameOf(SettlementAccount, file.account) ?? 'COLLECTION'
  return { layout, account, currency: file.currencyCode, fileName: file.fileName }
}

/** The period that is asked for; a file may do without. */
function periodOf({ file, fromTime, toTime }: StartReconciliationRequest) {
  if (!fromTime || !toTime) {
    if (fromTime || toTime || !file) throw unsuitable('from_time', 'and to_time say which period is asked about')
    return {}
  }
  const period = { fromTime: timestampDate(fromTime), toTime: timestampDate(toTime) }
  const lengthMs = period.toTime.getTime() - period.fromTime.getTime()
  if (lengthMs > 0 && lengthMs <= LONGEST_MS) return period
  throw unsuitable('to_time', 'is after from_time, by 31 days at most')
}

function unsuitable(field: string, description: string) {
  return refuse('RECONCILIATION_UNSUITABLE', `${field} ${description}`, {}, { fields: [{ field, description }] })
}

/** A reconciliation that was just written or locked. */
export async function existing(found: Promise<ReconciliationRow | undefined>): Promise<ReconciliationRow> {
  const row = await found
  if (!row) throw refuse('RECONCILIATION_UNKNOWN', 'there is no such reconciliation')
  return row
}
