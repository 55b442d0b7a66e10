import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { money, moneyToProto } from '#kit'
import {
  type BreakChangeSchema,
  Break_State,
  type BreakSchema,
  Finding,
  Reconciliation_Source,
  Reconciliation_State,
  type ReconciliationSchema,
  type ReconciliationTotalSchema,
  Resolution,
  SettlementAccount,
} from '#gen/tms/payment/v1/reconciliation_pb.ts'
import type { BreakChangeRow, BreakRow, ReconciliationRow, TotalRow } from './store/reconciliation_schema.ts'

const instant = (time: Date | null) => (time ? timestampFromDate(time) : undefined)

/** A reconciliation on the wire. */
export function reconciliationToProto(
  row: ReconciliationRow,
  totals: readonly TotalRow[] = [],
  openBreakCount = 0,
): MessageInitShape<typeof ReconciliationSchema> {
  return {
    reconciliationId: row.reconciliationId,
    provider: row.provider,
    source: Reconciliation_Source[row.source],
    state: Reconciliation_State[row.state],
    fileName: row.fileName,
    fileSha256: row.contentSha256 ? Buffer.from(row.contentSha256).toString('hex') : '',
    account: SettlementAccount[row.account],
    fromTime: instant(row.fromTime),
    toTime: instant(row.toTime),
    processedCount: row.processedCount,
    faults: row.faults.map(({ lineNumber, description }) => ({ lineNumber, description })),
    repeatedReconciliationId: row.repeatedReconciliationId ?? '',
    totals: totals.map(totalToProto),
    openBreakCount,
    startUserId: row.startUserId,
    createTime: timestampFromDate(row.createTime),
    completeTime: instant(row.completeTime),
  }
}

function totalToProto({ finding, currency, itemCount, providerMinor, ourMinor }: TotalRow) {
  return {
    finding: Finding[finding],
    count: itemCount,
    providerAmount: moneyToProto(money(currency, providerMinor)),
    ourAmount: moneyToProto(money(currency, ourMinor)),
  } satisfies MessageInitShape<typeof ReconciliationTotalSchema>
}

/** A break on the wire. */
export function breakToProto(row: BreakRow): MessageInitShape<typeof BreakSchema> {
  const amount = (currency: string | null, minor: bigint | null) =>
    currency === null || minor === null ? undefined : moneyToProto(money(currency, minor))
  return {
    breakId: row.breakId,
    provider: row.provider,
    kind: Finding[row.kind],
    state: Break_State[row.state],
    reconciliationId: row.reconciliationId,
    lineNumber: row.lineNumber ?? 0,
    incoming: row.incoming,
    receipt: row.receipt,
    reference: row.reference,
    providerAmount: amount(row.providerCurrency, row.providerMinor),
    ourAmount: amount(row.ourCurrency, row.ourMinor),
    tenantId: row.tenantId ?? '',
    subjectId: row.subjectId ?? '',
    suggestedSubjectId: row.suggestedSubjectId ?? '',
    occurTime: timestampFromDate(row.occurTime),
    ownerUserId: row.ownerUserId ?? '',
    resolution: row.resolution ? Resolution[row.resolution] : Resolution.UNSPECIFIED,
    reason: row.reason,
    entryId: row.entryId ?? '',
    createTime: timestampFromDate(row.createTime),
    updateTime: timestampFromDate(row.updateTime),
  }
}

/** One step of a break's history on the wire. */
export function breakChangeToProto(row: BreakChangeRow): MessageInitShape<typeof BreakChangeSchema> {
  const { toState, cause, actor, changeTime } = row
  return { state: Break_State[toState], cause, userId: actor, changeTime: timestampFromDate(changeTime) }
}

/** The name of an enum's value, as rows have it; undefined for the zero value. */
export function nameOf<Values extends Readonly<Record<string, number>>>(
  values: Values,
  value: number,
): Exclude<keyof Values & string, 'UNSPECIFIED'> | undefined {
  if (value === 0) return undefined
  type Name = Exclude<keyof Values & string, 'UNSPECIFIED'>
  return Object.entries(values).find(([, number]) => number === value)?.[0] as Name | undefined
}
