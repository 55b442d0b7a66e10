import { expect } from 'vitest'
import { money, moneyFromProto, moneyToProto } from '#kit'
import type { Suite } from '#kit/testing'
import { AccountKind, type TrialBalanceLine } from '#gen/tms/payment/v1/ledger_pb.ts'
import { LedgerService } from '#gen/tms/payment/v1/ledger_service_pb.ts'
import { Method } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import { newId, placeOrder } from './orders.ts'

/** Platform staff who may do all. */
export function platformStaff(suite: Suite, userId = newId()) {
  return suite.client(LedgerService, { userId, permissions: ['*'] })
}

/** An account as requests name it. */
export function accountOf(kind: keyof typeof AccountKind, holder: string, currencyCode = 'RWF') {
  return { kind: AccountKind[kind], holder, currencyCode }
}

/** A transfer of francs as requests name it. */
export function francs(
  minor: number | bigint,
  debit: ReturnType<typeof accountOf>,
  credit: ReturnType<typeof accountOf>,
) {
  return { debit, credit, amount: moneyToProto(money('RWF', minor)) }
}

/** Sells for cash at the counter of a company. */
export async function sellForCash(
  suite: Suite,
  tenantId: string,
  amount: ReturnType<typeof moneyToProto>,
  sellerUserId = newId(),
) {
  const order = await placeOrder(suite, { tenantId, amount })
  const permissions = ['payment.intents.pay', 'payment.cash.collect']
  const agent = suite.client(PaymentService, { userId: sellerUserId, tenantId, permissions })
  const { paymentIntentId } = order
  await agent.confirmPaymentIntent({ paymentIntentId, method: Method.CASH, idempotencyKey: newId() })
  return order
}

/** Sums of both sides of some lines. */
export function totals(lines: readonly TrialBalanceLine[]) {
  const side = (amount: TrialBalanceLine['debitTotal']) => (amount ? moneyFromProto(amount).minor : 0n)
  const debit = lines.reduce((sum, line) => sum + side(line.debitTotal), 0n)
  const credit = lines.reduce((sum, line) => sum + side(line.creditTotal), 0n)
  return { debit, credit }
}

/**
 * Whatever was done before: in each currency debits equal credits, and every account's folded balance is the plain sum of
 * its rows in the journal. Ask at the end of a test that moves money.
 */
export async function expectBooksInBalance(suite: Suite): Promise<void> {
  const platform = suite.client(PaymentService, { userId: newId(), permissions: ['*'] })
  const { lines } = await platform.getPlatformTrialBalance({})
  const byCurrency = Map.groupBy(lines, ({ account }) => account?.currencyCode)
  for (const some of byCurrency.values()) expect(totals(some).debit).toBe(totals(some).credit)
  const told = lines.map(({ account, ...line }) => {
    const { debit, credit } = totals([{ account, ...line }])
    return `${account?.kind} ${account?.holder} ${account?.currencyCode} ${debit} ${credit}`
  })
  const summed = await suite.sql('payment')`
    select kind, holder, currency, sum(debit)::text as debit, sum(credit)::text as credit from (
      select debit_kind as kind, debit_holder as holder, currency, amount_minor as debit, 0 as credit from journal_transfer
      union all select credit_kind, credit_holder, currency, 0, amount_minor from journal_transfer) as sides
    group by 1, 2, 3`
  const plain = summed.map(({ kind, holder, currency, debit, credit }) => {
    return `${AccountKind[kind as keyof typeof AccountKind]} ${holder} ${currency} ${debit} ${credit}`
  })
  expect(told.sort()).toEqual(plain.sort())
}
