import { boolean, customType, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from '#kit'
import type { BreakKind, BreakState, Finding, Resolution } from '../domain/breaks.ts'
import type { LayoutName } from '../settlement/index.ts'
import type { LineKind, SettlementAccount } from '../settlement/line.ts'
import type { Fault } from '../settlement/read_file.ts'
import { sealedBytes, sealedNumber, sealedReference } from './sealed.ts'
import { minor } from './columns.ts'

const bytes = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => 'bytea' })

/** One comparison of a provider's word with our books. */
export const reconciliation = pgTable('reconciliation', {
  reconciliationId: uuid('reconciliation_id').primaryKey(),
  provider: text('provider').notNull(),
  source: text('source').$type<'FILE' | 'STATUS_API'>().notNull(),
  layout: text('layout').$type<LayoutName>(),
  account: text('account').$type<SettlementAccount>().notNull(),
  currency: text('currency').notNull(),
  fileName: text('file_name').notNull(),
  partCount: integer('part_count').notNull().default(0),
  contentSha256: bytes('content_sha256'),
  state: text('state').$type<ReconciliationState>().notNull(),
  fromTime: instant('from_time'),
  toTime: instant('to_time'),
  processedCount: integer('processed_count').notNull().default(0),
  faults: jsonb('faults').$type<readonly Fault[]>().notNull().default([]),
  repeatedReconciliationId: uuid('repeated_reconciliation_id'),
  startUserId: text('start_user_id').notNull(),
  leaseTime: instant('lease_time'),
  leaseCount: integer('lease_count').notNull().default(0),
  createTime: instant('create_time').notNull(),
  completeTime: instant('complete_time'),
})

/** Where a reconciliation stands. */
export type ReconciliationState = 'UPLOADING' | 'RUNNING' | 'COMPLETED' | 'FAILED' | 'REPEATED'

/** One part of a file. */
export const settlementFilePart = pgTable(
  'settlement_file_part',
  {
    reconciliationId: uuid('reconciliation_id').notNull(),
    partNumber: integer('part_number').notNull(),
    content: sealedBytes('content').notNull(),
  },
  (table) => [primaryKey({ columns: [table.reconciliationId, table.partNumber] })],
)

/** What the provider said, line by line. */
export const settlementLine = pgTable('settlement_line', {
  reconciliationId: uuid('reconciliation_id').notNull(),
  lineNumber: integer('line_number').notNull(),
  provider: text('provider').notNull(),
  kind: text('kind').$type<LineKind>().notNull(),
  incoming: boolean('incoming').notNull(),
  completed: boolean('completed').notNull(),
  receipt: sealedReference('receipt').notNull(),
  reference: text('reference').notNull(),
  party: sealedNumber('party').notNull(),
  currency: text('currency').notNull(),
  amountMinor: minor('amount_minor').notNull(),
  completeTime: instant('complete_time').notNull(),
  finding: text('finding').$type<Finding>(),
  subjectId: uuid('subject_id'),
  subjectTenantId: uuid('subject_tenant_id'),
  subjectCurrency: text('subject_currency'),
  subjectMinor: minor('subject_minor'),
  subjectSucceeded: boolean('subject_succeeded'),
})

/** What a reconciliation found. */
export const reconciliationTotal = pgTable('reconciliation_total', {
  reconciliationId: uuid('reconciliation_id').notNull(),
  finding: text('finding').$type<Finding>().notNull(),
  currency: text('currency').notNull(),
  itemCount: integer('item_count').notNull(),
  providerMinor: minor('provider_minor').notNull(),
  ourMinor: minor('our_minor').notNull(),
})

/** A difference, until it is explained. */
export const reconciliationBreak = pgTable('reconciliation_break', {
  breakId: uuid('break_id').primaryKey(),
  provider: text('provider').notNull(),
  kind: text('kind').$type<BreakKind>().notNull(),
  subjectKey: text('subject_key').notNull(),
  state: text('state').$type<BreakState>().notNull(),
  reconciliationId: uuid('reconciliation_id').notNull(),
  lineNumber: integer('line_number'),
  incoming: boolean('incoming').notNull(),
  receipt: sealedReference('receipt').notNull(),
  reference: text('reference').notNull(),
  providerCurrency: text('provider_currency'),
  providerMinor: minor('provider_minor'),
  ourCurrency: text('our_currency'),
  ourMinor: minor('our_minor'),
  tenantId: uuid('tenant_id'),
  subjectId: uuid('subject_id'),
  suggestedSubjectId: uuid('suggested_subject_id'),
  occurTime: instant('occur_time').notNull(),
  ownerUserId: uuid('owner_user_id'),
  resolution: text('resolution').$type<Resolution>(),
  reason: text('reason').notNull().default(''),
  resolver: text('resolver'),
  entryId: uuid('entry_id'),
  cause: text('cause').notNull(),
  actor: text('actor').notNull().default(''),
  createTime: instant('create_time').notNull(),
  updateTime: instant('update_time').notNull(),
})

/** One step in the history of a break. */
export const breakChange = pgTable('break_change', {
  breakId: uuid('break_id').notNull(),
  changeId: minor('change_id').notNull(),
  toState: text('to_state').$type<BreakState>().notNull(),
  cause: text('cause').notNull(),
  actor: text('actor').notNull(),
  changeTime: instant('change_time').notNull(),
})

/** A row of {@link reconciliation}. */
export type ReconciliationRow = typeof reconciliation.$inferSelect
/** A row of {@link reconciliationTotal}. */
export type TotalRow = typeof reconciliationTotal.$inferSelect
/** A row of {@link reconciliationBreak}. */
export type BreakRow = typeof reconciliationBreak.$inferSelect
/** A row of {@link breakChange}. */
export type BreakChangeRow = typeof breakChange.$inferSelect
