import { boolean, integer, jsonb, numeric, pgTable, smallint, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from '#kit'
import type { Currency } from '#kit'
import type { AccountKind, EntryKind } from '../domain/books.ts'
import type { FailureReason } from '../domain/failure.ts'
import type { AttemptState, IntentState, RefundState } from '../domain/states.ts'
import { sealedBytes, sealedNumber, sealedReference } from './sealed.ts'
import { minor } from './columns.ts'

/** What is to be paid for one order. */
export const paymentIntent = pgTable('payment_intent', {
  paymentIntentId: uuid('payment_intent_id').primaryKey(),
  tenantId: uuid('tenant_id').notNull(),
  payerUserId: uuid('payer_user_id'),
  orderId: uuid('order_id').notNull(),
  orderReference: text('order_reference').notNull(),
  description: text('description').notNull(),
  currency: text('currency').notNull(),
  amountMinor: minor('amount_minor').notNull(),
  capturedMinor: minor('captured_minor').notNull(),
  refundedMinor: minor('refunded_minor').notNull(),
  state: text('state').$type<IntentState>().notNull(),
  late: boolean('late').notNull(),
  attemptId: uuid('attempt_id'),
  attemptCount: integer('attempt_count').notNull(),
  revision: minor('revision').notNull(),
  cause: text('cause').notNull(),
  expireTime: instant('expire_time').notNull(),
  createTime: instant('create_time').notNull(),
  updateTime: instant('update_time').notNull(),
  succeedTime: instant('succeed_time'),
  sellerUserId: uuid('seller_user_id'),
})

/** One attempt to pay an intent. */
export const paymentAttempt = pgTable('payment_attempt', {
  attemptId: uuid('attempt_id').primaryKey(),
  paymentIntentId: uuid('payment_intent_id').notNull(),
  tenantId: uuid('tenant_id').notNull(),
  payerUserId: uuid('payer_user_id'),
  orderId: uuid('order_id').notNull(),
  orderReference: text('order_reference').notNull(),
  description: text('description').notNull(),
  provider: text('provider').notNull(),
  phone: sealedNumber('phone').notNull(),
  currency: text('currency').notNull(),
  amountMinor: minor('amount_minor').notNull(),
  state: text('state').$type<AttemptState>().notNull(),
  callbackToken: text('callback_token').notNull(),
  requestReference: sealedReference('request_reference'),
  receipt: sealedReference('receipt'),
  claimedReceipt: sealedReference('claimed_receipt'),
  inquiryReference: sealedReference('inquiry_reference'),
  failureReason: text('failure_reason').$type<FailureReason>(),
  failureCode: text('failure_code'),
  sendCount: integer('send_count').notNull(),
  queryCount: integer('query_count').notNull(),
  nextActionTime: instant('next_action_time'),
  cause: text('cause').notNull(),
  createTime: instant('create_time').notNull(),
  updateTime: instant('update_time').notNull(),
  settleTime: instant('settle_time'),
  approveUrl: sealedReference('approve_url'),
  exchangeRateId: uuid('exchange_rate_id'),
  providerCurrency: text('provider_currency'),
  providerAmountMinor: minor('provider_amount_minor'),
  sellerUserId: uuid('seller_user_id'),
})

/** Money given back. */
export const paymentRefund = pgTable('payment_refund', {
  refundId: uuid('refund_id').primaryKey(),
  paymentIntentId: uuid('payment_intent_id').notNull(),
  attemptId: uuid('attempt_id').notNull(),
  tenantId: uuid('tenant_id').notNull(),
  orderId: uuid('order_id').notNull(),
  provider: text('provider').notNull(),
  currency: text('currency').notNull(),
  amountMinor: minor('amount_minor').notNull(),
  reason: text('reason').notNull(),
  surplus: boolean('surplus').notNull(),
  earlierRefunds: integer('earlier_refunds').notNull(),
  phone: sealedNumber('phone').notNull(),
  paidReceipt: sealedReference('paid_receipt'),
  state: text('state').$type<RefundState>().notNull(),
  callbackToken: text('callback_token').notNull(),
  requestReference: sealedReference('request_reference'),
  inquiryReference: sealedReference('inquiry_reference'),
  receipt: sealedReference('receipt'),
  failureCode: text('failure_code'),
  sendCount: integer('send_count').notNull(),
  queryCount: integer('query_count').notNull(),
  nextActionTime: instant('next_action_time'),
  cause: text('cause').notNull(),
  createTime: instant('create_time').notNull(),
  updateTime: instant('update_time').notNull(),
  settleTime: instant('settle_time'),
  makerUserId: uuid('maker_user_id'),
  checkerUserId: uuid('checker_user_id'),
  providerCurrency: text('provider_currency'),
  providerAmountMinor: minor('provider_amount_minor'),
})

/** What one currency is worth in another. */
export const exchangeRate = pgTable('exchange_rate', {
  exchangeRateId: uuid('exchange_rate_id').primaryKey(),
  fromCurrency: text('from_currency').$type<Currency>().notNull(),
  toCurrency: text('to_currency').$type<Currency>().notNull(),
  rate: numeric('rate').notNull(),
  marginBasisPoints: integer('margin_basis_points').notNull(),
  setByUserId: text('set_by_user_id').notNull(),
  createTime: instant('create_time').notNull(),
  expireTime: instant('expire_time').notNull(),
})

/** What providers posted, as it came. */
export const callback = pgTable('callback', {
  callbackId: uuid('callback_id').primaryKey(),
  provider: text('provider').notNull(),
  pathToken: text('path_token').notNull(),
  headers: jsonb('headers').$type<Record<string, string>>().notNull(),
  body: sealedBytes('body').notNull(),
  sourceAddress: text('source_address').notNull(),
  receiveTime: instant('receive_time').notNull(),
})

/** One transfer of a journal entry. */
export const journalTransfer = pgTable('journal_transfer', {
  entryId: uuid('entry_id').notNull(),
  line: smallint('line').notNull(),
  tenantId: uuid('tenant_id'),
  kind: text('kind').$type<EntryKind>().notNull(),
  paymentIntentId: uuid('payment_intent_id'),
  causeId: uuid('cause_id').notNull(),
  debitKind: text('debit_kind').$type<AccountKind>().notNull(),
  debitHolder: text('debit_holder').notNull(),
  creditKind: text('credit_kind').$type<AccountKind>().notNull(),
  creditHolder: text('credit_holder').notNull(),
  currency: text('currency').notNull(),
  amountMinor: minor('amount_minor').notNull(),
  postTime: instant('post_time').notNull(),
})

/** A row of {@link paymentIntent}. */
export type IntentRow = typeof paymentIntent.$inferSelect
/** A row of {@link paymentAttempt}. */
export type AttemptRow = typeof paymentAttempt.$inferSelect
/** A row of {@link paymentRefund}. */
export type RefundRow = typeof paymentRefund.$inferSelect
/** A row of {@link callback}. */
export type CallbackRow = typeof callback.$inferSelect
/** A row of {@link journalTransfer}. */
export type TransferRow = typeof journalTransfer.$inferSelect
/** A row of {@link exchangeRate}. */
export type RateRow = typeof exchangeRate.$inferSelect
/** An intent with its latest attempt. */
export type IntentView = { readonly intent: IntentRow; readonly attempt: AttemptRow | null }
