import { boolean, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from '#kit'
import type { AccountKind } from '../domain/books.ts'
import type { FeeRule, PayeeKind } from '../domain/fees.ts'
import { minor } from './columns.ts'

/** Money that is promised and not moved. */
export const pendingTransfer = pgTable('pending_transfer', {
  pendingTransferId: uuid('pending_transfer_id').primaryKey(),
  tenantId: uuid('tenant_id'),
  debitKind: text('debit_kind').$type<AccountKind>().notNull(),
  debitHolder: text('debit_holder').notNull(),
  creditKind: text('credit_kind').$type<AccountKind>().notNull(),
  creditHolder: text('credit_holder').notNull(),
  currency: text('currency').notNull(),
  amountMinor: minor('amount_minor').notNull(),
  postedMinor: minor('posted_minor').notNull(),
  state: text('state').$type<'PENDING' | 'POSTED' | 'VOIDED' | 'EXPIRED'>().notNull(),
  expireTime: instant('expire_time').notNull(),
  createTime: instant('create_time').notNull(),
  endTime: instant('end_time'),
})

/** A correction by platform staff: a transfer, or an entry taken back. */
export const ledgerAdjustment = pgTable('ledger_adjustment', {
  adjustmentId: uuid('adjustment_id').primaryKey(),
  tenantId: uuid('tenant_id'),
  debitKind: text('debit_kind').$type<AccountKind>(),
  debitHolder: text('debit_holder'),
  creditKind: text('credit_kind').$type<AccountKind>(),
  creditHolder: text('credit_holder'),
  currency: text('currency').notNull(),
  amountMinor: minor('amount_minor').notNull(),
  reversesEntryId: uuid('reverses_entry_id'),
  reason: text('reason').notNull(),
  state: text('state').$type<'PROPOSED' | 'POSTED' | 'REJECTED'>().notNull(),
  needsChecker: boolean('needs_checker').notNull(),
  makerUserId: uuid('maker_user_id').notNull(),
  checkerUserId: uuid('checker_user_id'),
  createTime: instant('create_time').notNull(),
  decideTime: instant('decide_time'),
})

/** A share of payments. */
export const feeRule = pgTable('fee_rule', {
  feeRuleId: uuid('fee_rule_id').primaryKey(),
  payeeKind: text('payee_kind').$type<PayeeKind>().notNull(),
  payee: text('payee').notNull(),
  tenantId: uuid('tenant_id'),
  provider: text('provider'),
  currency: text('currency').notNull(),
  basisPoints: integer('basis_points').notNull(),
  fixedMinor: minor('fixed_minor').notNull(),
  minMinor: minor('min_minor').notNull(),
  maxMinor: minor('max_minor'),
  bearer: text('borne_by').$type<FeeRule['bearer']>().notNull(),
  validFrom: instant('valid_from').notNull(),
  validUntil: instant('valid_until'),
  makerUserId: uuid('maker_user_id').notNull(),
  createTime: instant('create_time').notNull(),
})

/** A row of {@link pendingTransfer}. */
export type PendingTransferRow = typeof pendingTransfer.$inferSelect
/** A row of {@link ledgerAdjustment}. */
export type AdjustmentRow = typeof ledgerAdjustment.$inferSelect
/** A row of {@link feeRule}. */
export type FeeRuleRow = typeof feeRule.$inferSelect
