import { create } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { maskPhone, money, moneyToProto, type Session } from '#kit'
import {
  type Payee,
  Payee_Kind,
  type PayeeAccount,
  PayeeAccount_State,
  PayeeAccountSchema,
  PayeeSchema,
  type Payout,
  Payout_State,
  PayoutSchema,
  type StatementItem,
  StatementItem_Kind,
  StatementItemSchema,
} from '#gen/tms/payment/v1/payout_pb.ts'
import { methodOf } from './convert.ts'
import type { StatementLine } from './domain/statement.ts'
import type { PayeeView } from './store/payees.ts'
import type { PayeeAccountRow, PayoutItemRow, PayoutRow } from './store/payout_schema.ts'

/** A payee on the wire, as somebody may see it at an instant. */
export function payeeToProto({ payee, accounts }: PayeeView, session: Session, now: Date): Payee {
  const account = usableAccount(accounts, now)
  // The newest that is not used yet: put forward, or still cooling down.
  const next = accounts[0] === account ? undefined : accounts[0]
  return create(PayeeSchema, {
    payeeId: payee.payeeId,
    tenantId: payee.tenantId,
    kind: Payee_Kind[payee.kind],
    holderId: payee.holderId,
    displayName: payee.displayName,
    account: account && accountToProto(account, session),
    nextAccount: next && accountToProto(next, session),
    createTime: timestampFromDate(payee.createTime),
  })
}

/** Where payouts go now: of the accounts, newest first, the first that is approved and has cooled down. */
export function usableAccount(accounts: readonly PayeeAccountRow[], now: Date): PayeeAccountRow | undefined {
  return accounts.find(({ state, usableTime }) => state === 'APPROVED' && usableTime !== null && usableTime <= now)
}

function accountToProto(row: PayeeAccountRow, session: Session): PayeeAccount {
  return create(PayeeAccountSchema, {
    accountId: row.accountId,
    method: methodOf(row.provider),
    account: shown(row.account, session),
    holderName: row.holderName,
    verified: row.verified,
    state: PayeeAccount_State[row.state],
    makerUserId: row.makerUserId,
    checkerUserId: row.checkerUserId ?? '',
    usableTime: row.usableTime ? timestampFromDate(row.usableTime) : undefined,
    createTime: timestampFromDate(row.createTime),
  })
}

/** A payout on the wire, as somebody may see it. */
export function payoutToProto(row: PayoutRow, session: Session, items: readonly PayoutItemRow[] = []): Payout {
  const amount = (minor: bigint) => moneyToProto(money(row.currency, minor))
  return create(PayoutSchema, {
    payoutId: row.payoutId,
    tenantId: row.tenantId,
    payeeId: row.payeeId,
    method: methodOf(row.provider),
    account: shown(row.account, session),
    amount: amount(row.amountMinor),
    dueAmount: amount(row.dueMinor),
    remark: row.remark,
    state: Payout_State[row.state],
    makerUserId: row.makerUserId,
    checkerUserId: row.checkerUserId ?? '',
    receipt: row.receipt ?? '',
    failureCode: row.failureCode ?? '',
    statement: statementToProto(
      row.currency,
      items.map((item) => ({ kind: item.kind, minor: item.amountMinor, totalMinor: item.totalMinor })),
    ),
    nextActionTime: row.nextActionTime ? timestampFromDate(row.nextActionTime) : undefined,
    createTime: timestampFromDate(row.createTime),
    updateTime: timestampFromDate(row.updateTime),
    settleTime: row.settleTime ? timestampFromDate(row.settleTime) : undefined,
  })
}

/** A statement on the wire. */
export function statementToProto(currency: string, lines: readonly StatementLine[]): StatementItem[] {
  return lines.map(({ kind, minor, totalMinor }) =>
    create(StatementItemSchema, {
      kind: StatementItem_Kind[kind],
      amount: moneyToProto(money(currency, minor)),
      totalAmount: moneyToProto(money(currency, totalMinor)),
    }),
  )
}

/** Who decides about accounts must see what they decide about. */
function shown(account: string, session: Session): string {
  if (session.can('payment.payees.update') || session.can('payment.payees.approve')) return account
  if (account.startsWith('+')) return maskPhone(account)
  return account.replace(/^(.).*@/, '$1***@')
}
