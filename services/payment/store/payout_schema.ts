import { boolean, date, integer, pgTable, smallint, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from '#kit'
import type { SourceKind, StatementKind } from '../domain/statement.ts'
import type { PayoutState } from '../domain/states.ts'
import { sealedNumber, sealedReference } from './sealed.ts'
import { minor } from './columns.ts'

/** What somebody is paid as. */
export type PayeeKind = 'COMPANY' | 'AGENT' | 'DRIVER'

/** Somebody whom a company's money may be sent to. */
export const payee = pgTable('payee', {
  payeeId: uuid('payee_id').primaryKey(),
  tenantId: uuid('tenant_id').notNull(),
  kind: text('kind').$type<PayeeKind>().notNull(),
  holderId: uuid('holder_id').notNull(),
  displayName: text('display_name').notNull(),
  createTime: instant('create_time').notNull(),
})

/** Where a payee's money goes. */
export const payeeAccount = pgTable('payee_account', {
  accountId: uuid('account_id').primaryKey(),
  payeeId: uuid('payee_id').notNull(),
  tenantId: uuid('tenant_id').notNull(),
  provider: text('provider').notNull(),
  account: sealedNumber('account').notNull(),
  holderName: text('holder_name').notNull(),
  verified: boolean('verified').notNull(),
  state: text('state').$type<'PROPOSED' | 'APPROVED' | 'REJECTED'>().notNull(),
  makerUserId: uuid('maker_user_id').notNull(),
  checkerUserId: uuid('checker_user_id'),
  usableTime: instant('usable_time'),
  createTime: instant('create_time').notNull(),
})

/** Money sent to a payee. */
export const payout = pgTable('payout', {
  payoutId: uuid('payout_id').primaryKey(),
  tenantId: uuid('tenant_id').notNull(),
  payeeId: uuid('payee_id').notNull(),
  accountId: uuid('account_id').notNull(),
  provider: text('provider').notNull(),
  account: sealedNumber('account').notNull(),
  sourceKind: text('source_kind').$type<SourceKind>().notNull(),
  sourceHolder: text('source_holder').notNull(),
  currency: text('currency').notNull(),
  amountMinor: minor('amount_minor').notNull(),
  dueMinor: minor('due_minor').notNull(),
  remark: text('remark').notNull(),
  state: text('state').$type<PayoutState>().notNull(),
  makerUserId: uuid('maker_user_id').notNull(),
  checkerUserId: uuid('checker_user_id'),
  capDay: date('cap_day', { mode: 'string' }).notNull(),
  callbackToken: text('callback_token').notNull(),
  requestReference: sealedReference('request_reference'),
  inquiryReference: sealedReference('inquiry_reference'),
  receipt: sealedReference('receipt'),
  failureCode: text('failure_code'),
  maybeTaken: boolean('maybe_taken').notNull(),
  sendCount: integer('send_count').notNull(),
  queryCount: integer('query_count').notNull(),
  nextActionTime: instant('next_action_time'),
  cause: text('cause').notNull(),
  createTime: instant('create_time').notNull(),
  updateTime: instant('update_time').notNull(),
  settleTime: instant('settle_time'),
})

/** One line of a payout's statement. */
export const payoutItem = pgTable('payout_item', {
  payoutId: uuid('payout_id').notNull(),
  line: smallint('line').notNull(),
  tenantId: uuid('tenant_id').notNull(),
  kind: text('kind').$type<StatementKind>().notNull(),
  amountMinor: minor('amount_minor').notNull(),
  totalMinor: minor('total_minor').notNull(),
})

/** A row of {@link payee}. */
export type PayeeRow = typeof payee.$inferSelect
/** A row of {@link payeeAccount}. */
export type PayeeAccountRow = typeof payeeAccount.$inferSelect
/** A row of {@link payout}. */
export type PayoutRow = typeof payout.$inferSelect
/** A row of {@link payoutItem}. */
export type PayoutItemRow = typeof payoutItem.$inferSelect
