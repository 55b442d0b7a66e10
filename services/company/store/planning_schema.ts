import { bigint, boolean, customType, date, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from '#kit'

const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' })
/** Drizzle's view of the tables of planning; the migrations are what makes them. */

type Values = Readonly<Record<string, unknown>>

export const planningRules = pgTable('planning_rules', {
  tenantId: uuid('tenant_id').primaryKey(),
  minTurnMinutes: integer('min_turn_minutes').notNull(),
  minBreakMinutes: integer('min_break_minutes').notNull(),
  minRestMinutes: integer('min_rest_minutes').notNull(),
  maxDutyMinutes: integer('max_duty_minutes').notNull(),
  licenceRequired: boolean('licence_required').notNull(),
  licenceClasses: text('licence_classes').array().notNull(),
  updateTime: instant('update_time').notNull(),
})

export const driverLicence = pgTable(
  'driver_licence',
  {
    tenantId: uuid('tenant_id').notNull(),
    licenceId: uuid('licence_id').notNull(),
    driverUserId: uuid('driver_user_id').notNull(),
    licenceClass: text('licence_class').notNull(),
    numberHash: bytes('number_hash').notNull(),
    maskedNumber: text('masked_number').notNull(),
    validFromDate: date('valid_from_date', { mode: 'string' }).notNull(),
    validToDate: date('valid_to_date', { mode: 'string' }).notNull(),
    createTime: instant('create_time').notNull(),
    updateTime: instant('update_time').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.licenceId] })],
)

export const planChange = pgTable(
  'plan_change',
  {
    tenantId: uuid('tenant_id').notNull(),
    changeId: bigint('change_id', { mode: 'bigint' }).notNull(),
    subject: text('subject').notNull(),
    subjectId: uuid('subject_id').notNull(),
    tripId: uuid('trip_id'),
    userId: uuid('user_id'),
    created: boolean('created').notNull(),
    oldValues: jsonb('old_values').$type<Values>().notNull(),
    newValues: jsonb('new_values').$type<Values>().notNull(),
    changeTime: instant('change_time').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.changeId] })],
)
