import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type FieldViolation, isCurrency, isPositive, type Money, money, moneyFromProto, moneyToProto } from '#kit'
import type { Money as WireMoney } from '#gen/google/type/money_pb.ts'
import { FeeRule_Bearer, FeeRule_PayeeKind, type FeeRuleSchema } from '#gen/tms/payment/v1/fee_rule_pb.ts'
import {
  type Account as WireAccount,
  AccountKind as WireKind,
  AccountSide,
  type AccountSchema,
  Adjustment_State,
  type AdjustmentSchema,
  JournalEntry_Kind,
  type LedgerAccountSchema,
  PendingTransfer_State,
  type PendingTransferSchema,
  type StatementLineSchema,
  type Transfer as WireTransfer,
  type TransferSchema,
} from '#gen/tms/payment/v1/ledger_pb.ts'
import { type Account, type AccountKind, normalSides, tenantOf, type Transfer } from './domain/books.ts'
import { refuse } from './errors.ts'
import { adjustmentTransfer } from './flow/adjust.ts'
import type { AccountView } from './store/accounts.ts'
import type { CurrencyAccount } from './store/balances.ts'
import type { AdjustmentRow, FeeRuleRow, PendingTransferRow } from './store/ledger_schema.ts'
import type { StatementRow } from './store/statement.ts'

/** An account on the wire. */
export function accountToProto(
  { kind, holder }: Account,
  currencyCode: string,
): MessageInitShape<typeof AccountSchema> {
  return { kind: WireKind[kind], holder, currencyCode }
}

/** A required account of a request; validation has seen to it that it is there and its kind is known. */
export function accountFromProto(wire: WireAccount | undefined): CurrencyAccount {
  const kind = kinds.find((name) => WireKind[name] === wire?.kind)
  if (!wire || !kind) throw invalidTransfer([{ field: 'account', description: 'is required' }])
  if (!isCurrency(wire.currencyCode)) {
    throw invalidTransfer([{ field: 'account.currency_code', description: 'is no currency that books are kept in' }])
  }
  return { kind, holder: wire.holder, currency: wire.currencyCode }
}

const kinds = Object.keys(normalSides) as AccountKind[]

/** The side on which an account grows, on the wire. */
export function sideToProto(kind: AccountKind): AccountSide {
  return AccountSide[normalSides[kind]]
}

/** A transfer on the wire. */
export function transferToProto({ debit, credit, amount }: Transfer): MessageInitShape<typeof TransferSchema> {
  return {
    debit: accountToProto(debit, amount.currency),
    credit: accountToProto(credit, amount.currency),
    amount: moneyToProto(amount),
  }
}

/**
 * A required transfer of a request, and the company in whose journal it stands.
 *
 * @throws {ConnectError} INVALID_ARGUMENT / TRANSFER_INVALID unless it moves something between two accounts of one currency,
 *   and of one company
 */
export function transferFromProto(
  wire: WireTransfer | undefined,
  tenantId = '',
): Transfer & { tenantId: string | null } {
  const debit = accountFromProto(wire?.debit)
  const credit = accountFromProto(wire?.credit)
  const amount = amountFromProto(wire?.amount, 'transfer.amount')
  const tenants = [tenantId === '' ? undefined : tenantId, tenantOf(debit), tenantOf(credit)].filter(
    (one) => one !== undefined,
  )
  const faults: (FieldViolation | false)[] = [
    !isPositive(amount) && { field: 'transfer.amount', description: 'must be more than zero' },
    debit.currency !== amount.currency && { field: 'transfer.debit', description: 'has another currency' },
    credit.currency !== amount.currency && { field: 'transfer.credit', description: 'has another currency' },
    debit.kind === credit.kind &&
      debit.holder === credit.holder && { field: 'transfer.credit', description: 'is the account that is debited' },
    new Set(tenants).size > 1 && {
      field: 'transfer',
      description: 'concerns two companies: move it by way of the platform',
    },
    tenants.some((one) => !UUID.test(one)) && { field: 'transfer', description: 'names a company that cannot be' },
  ]
  const fields = faults.filter((fault) => fault !== false)
  if (fields.length > 0) throw invalidTransfer(fields)
  return {
    debit: { kind: debit.kind, holder: debit.holder },
    credit: { kind: credit.kind, holder: credit.holder },
    amount,
    tenantId: tenants[0] ?? null,
  }
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** An amount of a request about transfers. @throws {ConnectError} INVALID_ARGUMENT / TRANSFER_INVALID */
export function amountFromProto(wire: WireMoney | undefined, field: string): Money {
  try {
    return moneyFromProto(wire ?? { currencyCode: '', units: 0n, nanos: 0 })
  } catch (err) {
    if (!(err instanceof RangeError)) throw err
    throw invalidTransfer([{ field, description: err.message }])
  }
}

/** The refusal of what cannot be booked. */
export function invalidTransfer(fields: readonly FieldViolation[]) {
  return refuse('TRANSFER_INVALID', fields.map(({ description }) => description).join('; '), {}, { fields })
}

/** An account with its balance on the wire. */
export function ledgerAccountToProto(view: AccountView): MessageInitShape<typeof LedgerAccountSchema> {
  return {
    account: accountToProto(view.account, view.account.currency),
    tenantId: view.tenantId ?? '',
    side: sideToProto(view.account.kind),
    balance: moneyToProto(view.balance),
    minBalance: view.minBalance && moneyToProto(view.minBalance),
    maxBalance: view.maxBalance && moneyToProto(view.maxBalance),
  }
}

/** A line of a statement on the wire. */
export function lineToProto(
  row: StatementRow,
  change: Money,
  balance: Money,
): MessageInitShape<typeof StatementLineSchema> {
  return {
    entryId: row.entryId,
    kind: JournalEntry_Kind[row.kind],
    causeId: row.causeId,
    paymentIntentId: row.paymentIntentId ?? '',
    counterpart: accountToProto(row.counterpart, change.currency),
    change: moneyToProto(change),
    balance: moneyToProto(balance),
    postTime: timestampFromDate(row.postTime),
  }
}

/** A promise on the wire. */
export function pendingToProto(row: PendingTransferRow): MessageInitShape<typeof PendingTransferSchema> {
  const amount = (minor: bigint) => money(row.currency, minor)
  return {
    pendingTransferId: row.pendingTransferId,
    transfer: transferToProto({ ...pendingAccounts(row), amount: amount(row.amountMinor) }),
    postedAmount: moneyToProto(amount(row.postedMinor)),
    state: PendingTransfer_State[row.state],
    expireTime: timestampFromDate(row.expireTime),
    createTime: timestampFromDate(row.createTime),
  }
}

/** The two accounts of a promise. */
export function pendingAccounts(row: PendingTransferRow): Pick<Transfer, 'debit' | 'credit'> {
  return {
    debit: { kind: row.debitKind, holder: row.debitHolder },
    credit: { kind: row.creditKind, holder: row.creditHolder },
  }
}

/** An adjustment on the wire. */
export function adjustmentToProto(row: AdjustmentRow): MessageInitShape<typeof AdjustmentSchema> {
  return {
    adjustmentId: row.adjustmentId,
    tenantId: row.tenantId ?? '',
    transfer: row.reversesEntryId === null ? transferToProto(adjustmentTransfer(row)) : undefined,
    reversesEntryId: row.reversesEntryId ?? '',
    reason: row.reason,
    state: Adjustment_State[row.state],
    needsChecker: row.needsChecker,
    makerUserId: row.makerUserId,
    checkerUserId: row.checkerUserId ?? '',
    createTime: timestampFromDate(row.createTime),
  }
}

/** A rule on the wire. */
export function feeRuleToProto(row: FeeRuleRow): MessageInitShape<typeof FeeRuleSchema> {
  const amount = (minor: bigint) => moneyToProto(money(row.currency, minor))
  return {
    feeRuleId: row.feeRuleId,
    payeeKind: FeeRule_PayeeKind[row.payeeKind],
    payee: row.payee,
    tenantId: row.tenantId ?? '',
    provider: row.provider ?? '',
    currencyCode: row.currency,
    basisPoints: row.basisPoints,
    fixedAmount: amount(row.fixedMinor),
    minAmount: amount(row.minMinor),
    maxAmount: row.maxMinor === null ? undefined : amount(row.maxMinor),
    bearer: FeeRule_Bearer[row.bearer],
    validFromTime: timestampFromDate(row.validFrom),
    validUntilTime: row.validUntil ? timestampFromDate(row.validUntil) : undefined,
  }
}
